import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import type { DataTestDefinition, Severity } from "../project/definitions.js";
import { parseThresholdOrNull } from "../project/thresholds.js";

/** A data test for the registry: its name and the SELECT of its failing rows. */
export interface CompiledDataTest {
    /** `<model>.<kind>.<columns>`, or `<model>.<name>` for tests that have a name. */
    readonly name: string;
    readonly columns: readonly string[];
    readonly failingRowsSql: string;
}

/** A relation by its schema and name. */
export interface Relation {
    readonly schema: string;
    readonly name: string;
}

/**
 * The SELECT of the failing rows of a test on `model`, e.g. for `{ kind: "not_null", column: "order_id" }`
 *
 *     select * from "warehouse"."fct_orders" where "order_id" is null
 *
 * Failing rows have all columns of the model if each row fails by itself, not as one of a group.
 */
export function compileDataTest(
    test: DataTestDefinition,
    model: Relation,
    relationOf: (modelName: string) => Relation,
): CompiledDataTest {
    const compiled = compileKind(test, model, relationOf);
    return test.name === undefined ? compiled : { ...compiled, name: `${model.name}.${test.name}` };
}

function compileKind(
    test: DataTestDefinition,
    model: Relation,
    relationOf: (modelName: string) => Relation,
): CompiledDataTest {
    const relation = testedRows(test, model);
    switch (test.kind) {
        case "unique": {
            const columns = test.columns.map(quoteIdentifier).join(", ");
            const present = test.columns.map((column) => `${quoteIdentifier(column)} is not null`).join(" and ");
            return {
                name: [model.name, "unique", ...test.columns].join("."),
                columns: test.columns,
                failingRowsSql: `select ${columns}, count(*) as row_count from ${relation} where ${present} group by ${columns} having count(*) > 1`,
            };
        }
        case "not_null":
            return onColumn(
                test.kind,
                test.column,
                `select * from ${relation} where ${quoteIdentifier(test.column)} is null`,
            );
        case "accepted_values": {
            const accepted = test.values.map(quoteLiteral).join(", ");
            const column = quoteIdentifier(test.column);
            // A null passes: `not_null` is a separate test.
            return onColumn(
                test.kind,
                test.column,
                `select * from ${relation} where ${column}::text not in (${accepted})`,
            );
        }
        case "relationships": {
            const parent = relationOf(test.to);
            return onColumn(
                test.kind,
                test.column,
                `select child.* from ${testedRows(test, model, "child")} where child.${quoteIdentifier(test.column)} is not null and not exists ` +
                    `(select 1 from ${quoteQualified(parent.schema, parent.name)} as parent where parent.${quoteIdentifier(test.toColumn)} = child.${quoteIdentifier(test.column)})`,
            );
        }
        case "expression":
            return {
                name: `${model.name}.${test.name}`,
                columns: [],
                failingRowsSql: `select * from ${relation} where not (${test.expression})`,
            };
        case "scd2":
            return onColumn(test.kind, test.naturalKey, buildScd2Sql(relation, quoteIdentifier(test.naturalKey)));
        case "singular":
            return {
                name: `${model.name}.${test.name}`,
                columns: [],
                failingRowsSql: restrict(test.select, test.where),
            };
    }

    function onColumn(kind: string, column: string, failingRowsSql: string): CompiledDataTest {
        return { name: `${model.name}.${kind}.${column}`, columns: [column], failingRowsSql };
    }
}

/** The rows under test, as an item of FROM: all rows of the model, or those that meet the test's condition. */
function testedRows({ where }: DataTestDefinition, model: Relation, alias?: string): string {
    const relation = quoteQualified(model.schema, model.name);
    if (where === undefined) {
        return alias === undefined ? relation : `${relation} as ${alias}`;
    }
    return `(select * from ${relation} where (${where}\n)) as ${alias ?? quoteIdentifier(model.name)}`;
}

/** The failing rows of a SELECT that meet a condition. */
function restrict(select: string, where: string | undefined): string {
    return where === undefined
        ? select
        : `select * from (${select.trim().replace(/;$/, "")}\n) as failing_row where (${where}\n)`;
}

/** The result of a data test with this many failing rows. */
export function judgeFailures(
    {
        severity,
        maxFailures,
        warnIf,
        errorIf,
        known,
    }: {
        readonly severity: Severity;
        readonly maxFailures: number;
        readonly warnIf: string | null;
        readonly errorIf: string | null;
        readonly known: string | null;
    },
    failingCount: number,
): "passed" | "known" | "warned" | "failed" {
    const exceeds = (threshold: string | null): boolean =>
        (threshold === null ? null : parseThresholdOrNull(threshold))?.(failingCount) ?? failingCount > maxFailures;
    if (severity === "error" && exceeds(errorIf)) {
        return "failed";
    }
    return !exceeds(warnIf) ? "passed" : known === null ? "warned" : "known";
}

/**
 * Whether the failing rows of one entity do not depend on other entities, so that it can be tested alone. For `unique` and `scd2`,
 * the engine also checks that their columns determine the entity.
 */
export function isPerEntity(test: DataTestDefinition): boolean {
    // A subquery in the condition may read any other row.
    if (/\bselect\b/i.test(test.where ?? "")) {
        return false;
    }
    switch (test.kind) {
        case "not_null":
        case "accepted_values":
        case "relationships":
        case "expression":
        case "unique":
        case "scd2":
            return true;
        case "singular":
            return test.perEntity ?? false;
    }
}

/** Each version must end where the next begins, the last one must be the current one, and no version may be empty. */
function buildScd2Sql(relation: string, naturalKey: string): string {
    return `select * from (
    select
        *,
        lead(valid_from) over versions as next_valid_from,
        count(*) filter (where is_current) over (partition by ${naturalKey}) as current_row_count
    from ${relation}
    window versions as (partition by ${naturalKey} order by valid_from, valid_to)
) as version
where valid_from >= valid_to
    or valid_to <> next_valid_from
    or is_current is distinct from (next_valid_from is null)
    or current_row_count <> 1`;
}
