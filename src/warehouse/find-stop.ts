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
 * reaches the tables.
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
    const { rows } = await database.query<{ "QUERY PLAN": readonly { readonly Plan: PlanNode }[] }>(
        `explain (format json) select * from ${quoteQualified(selectSchema, selectView)} where ${conditions.join(" and ")}`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0]?.Plan;
    return plan === undefined ? null : stopIn(plan);
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
