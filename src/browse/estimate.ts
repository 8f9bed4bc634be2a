import type { Connection } from "../database/connection.js";

interface ExplainRow {
    readonly "QUERY PLAN": readonly [{ readonly Plan: { readonly "Plan Rows": number } }];
}

/** The planner's estimate of a statement's rows, without running it; ends a READ ONLY transaction. */
export async function estimateStatement(
    connection: Connection,
    sql: string,
    parameters: readonly unknown[],
): Promise<number> {
    const { rows } = await connection.query<ExplainRow>(`explain (format json) ${sql}`, parameters, { isLast: true });
    return rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0;
}
