import { isRowSecurityRefusal, StatementError } from "../database/errors.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";
import type { TableModel } from "./registry.js";

interface PlanNode {
    readonly "Node Type": string;
    readonly Filter?: string;
    readonly Plans?: readonly PlanNode[];
}

/** What needs all rows of its input before it gives one. */
const collecting = new Set(["WindowAgg", "Aggregate", "Group", "Unique", "SetOp", "Limit", "Recursive Union"]);

/**
 * The node of PostgreSQL's plan that has all rows computed before those of one entity are taken; null where the condition on the entity
 * reaches the tables. In an open transaction.
 */
export async function findStopOrNull(
    database: Queryable,
    {
        selectSchema,
        selectView,
        entityKey,
        columns,
    }: Pick<TableModel, "selectSchema" | "selectView" | "entityKey" | "columns">,
): Promise<string | null> {
    const conditions = entityKey.map((name) => {
        const type = columns.find((column) => column.name === name)?.type ?? "text";
        return `${quoteIdentifier(name)} = any('{}'::${type}[])`;
    });
    const sql = `explain (format json) select * from ${quoteQualified(selectSchema, selectView)} where ${conditions.join(" and ")}`;
    await database.query("savepoint planning");
    try {
        const { rows } = await database.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(sql);
        await database.query("release savepoint planning");
        const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
        return plan === undefined ? null : stopIn(plan);
    } catch (error) {
        // What row-level security hides from this role it cannot plan to read whole; another may build.
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
