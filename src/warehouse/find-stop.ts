import { isRowSecurityRefusal, StatementError } from "../database/errors.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";
import type { TableModel } from "./registry.js";

interface PlanNode {
    readonly "Node Type": string;
    readonly "Parent Relationship"?: string;
    readonly Filter?: string;
    readonly Plans?: readonly PlanNode[];
}

/** Nodes that need all rows of their input before they return one. */
const collecting = new Set(["WindowAgg", "Aggregate", "Group", "Unique", "SetOp", "Limit", "Recursive Union"]);

type PlannedModel = Pick<TableModel, "selectSchema" | "selectView" | "entityKey" | "columns">;

/** More models would make one statement slow to plan, and slow to repeat one by one if a role may not read all of them. */
const mostAtOnce = 50;

/**
 * For each model, the plan node in which PostgreSQL computes all rows before it picks those of one entity; null if the condition on
 * the entity reaches the tables. Call it in an open transaction.
 */
export async function findStops(
    database: Queryable,
    models: readonly PlannedModel[],
): Promise<readonly (string | null)[]> {
    const stops: (string | null)[] = [];
    for (let start = 0; start < models.length; start += mostAtOnce) {
        stops.push(...(await findStopsTogether(database, models.slice(start, start + mostAtOnce))));
    }
    return stops;
}

async function findStopsTogether(
    database: Queryable,
    models: readonly PlannedModel[],
): Promise<readonly (string | null)[]> {
    const plans = await loadPlansOrNull(database, models);
    if (plans !== null) {
        return plans.map(stopIn);
    }
    if (models.length === 1) {
        // Row-level security keeps this role from planning it; another role may build.
        return [null];
    }
    const stops: (string | null)[] = [];
    for (const model of models) {
        stops.push(...(await findStopsTogether(database, [model])));
    }
    return stops;
}

/** The plans of SELECTs restricted to one entity; null if row-level security refuses one of them. */
async function loadPlansOrNull(
    database: Queryable,
    models: readonly PlannedModel[],
): Promise<readonly PlanNode[] | null> {
    // PostgreSQL plans each uncorrelated subquery by itself. It selects all columns, as a build does.
    const subqueries = models.map(({ selectSchema, selectView, entityKey, columns }) => {
        const conditions = entityKey.map((name) => {
            const type = columns.find((column) => column.name === name)?.type ?? "text";
            return `entity.${quoteIdentifier(name)} = any('{}'::${type}[])`;
        });
        return `array(select entity from ${quoteQualified(selectSchema, selectView)} as entity where ${conditions.join(" and ")})`;
    });
    await database.query("savepoint planning");
    try {
        const { rows } = await database.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
            `explain (format json) select ${subqueries.join(", ")}`,
        );
        await database.query("release savepoint planning");
        const plans = rows[0]?.["QUERY PLAN"][0]?.Plan.Plans ?? [];
        return plans.filter((plan) => plan["Parent Relationship"] === "InitPlan");
    } catch (error) {
        if (!(error instanceof StatementError && isRowSecurityRefusal(error.cause))) {
            throw error;
        }
        await database.query("rollback to savepoint planning");
        return null;
    }
}

function stopIn(node: PlanNode): string | null {
    if (node.Filter?.includes("= ANY ('{}'") === true) {
        return node["Node Type"] === "CTE Scan" ? "a CTE that is materialized" : collectingBelow(node);
    }
    return firstOf(node.Plans ?? [], stopIn);
}

function collectingBelow(node: PlanNode): string | null {
    return collecting.has(node["Node Type"]) ? node["Node Type"] : firstOf(node.Plans ?? [], collectingBelow);
}

function firstOf(nodes: readonly PlanNode[], find: (node: PlanNode) => string | null): string | null {
    for (const node of nodes) {
        const found = find(node);
        if (found !== null) {
            return found;
        }
    }
    return null;
}
