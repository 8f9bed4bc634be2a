import { quoteIdentifier, quoteLiteral } from "../sql/identifiers.js";

/** SELECTs that show two runs side by side, the greatest differences first. */
export interface RunComparison {
    /** A row for each model of either run. */
    readonly models: string;
    /** A row for each data test of either run. */
    readonly tests: string;
    /** A row for each of the two runs. */
    readonly runs: string;
}

/** A model or data test that a run did not include is shown as `not in it`: it is neither ok nor unchanged. */
export function buildRunComparison(leftId: string, rightId: string): RunComparison {
    const [left, right] = [quoteLiteral(leftId), quoteLiteral(rightId)];
    const named = (what: string, id: string): string => quoteIdentifier(`${what}_${id}`);
    const both = (sql: (side: "one" | "other") => string, what: string): readonly string[] => [
        `${sql("one")} as ${named(what, leftId)}`,
        `${sql("other")} as ${named(what, rightId)}`,
    ];
    const select = (table: string, key: string, title: string, columns: readonly string[], orderBy: string): string =>
        [
            "select",
            [`coalesce(one.${key}, other.${key}) as ${quoteIdentifier(title)}`, ...columns]
                .map((column) => `    ${column}`)
                .join(",\n"),
            `from (select * from ops.${table} where run_id = ${left}) as one`,
            `full join (select * from ops.${table} where run_id = ${right}) as other on other.${key} = one.${key}`,
            `order by one.status is distinct from other.status desc, other.status in ('failed', 'broken') desc nulls last, ${orderBy}, 1`,
        ].join("\n");
    const seconds = (side: string): string =>
        `round(extract(epoch from ${side}.finished_at - ${side}.started_at)::numeric, 2)`;
    const changed = (side: string): string =>
        `coalesce(${side}.rows_inserted + ${side}.rows_updated + ${side}.rows_deleted, 0)`;
    return {
        models: select(
            "model_run",
            "model_name",
            "model",
            [
                ...both((side) => `coalesce(${side}.status, 'not in it')`, "status"),
                ...both((side) => `${side}.rows_inserted`, "inserted_rows"),
                ...both((side) => `${side}.rows_updated`, "updated_rows"),
                ...both((side) => `${side}.rows_deleted`, "deleted_rows"),
                ...both(seconds, "seconds"),
                ...both((side) => `${side}.reason`, "scope"),
            ],
            `abs(${changed("one")} - ${changed("other")}) desc, abs(${seconds("one")} - ${seconds("other")}) desc nulls last`,
        ),
        tests: select(
            "test_run",
            "test_name",
            "data_test",
            [
                ...both((side) => `coalesce(${side}.status, 'not asked')`, "status"),
                ...both((side) => `${side}.failing_count`, "failing_rows"),
                "other.failing_count - one.failing_count as more_rows",
            ],
            "abs(other.failing_count - one.failing_count) desc nulls last",
        ),
        runs: [
            "select",
            `    run_id as run, concat_ws(' ', command, nullif(selection, ''), case when is_full_refresh then '(full refresh)' end) as what,`,
            `    status, started_at, round(extract(epoch from finished_at - started_at)::numeric, 2) as seconds, started_by, message`,
            "from ops.run",
            `where run_id in (${left}, ${right})`,
            "order by run_id",
        ].join("\n"),
    };
}
