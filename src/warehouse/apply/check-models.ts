import { isRowSecurityRefusal } from "../../database/errors.js";
import { changeSign } from "../../derivation/change-sign.js";
import type { DataTestDefinition, Severity } from "../../project/definitions.js";
import type { FileProblem } from "../../project/problem.js";
import type { ModelFile, TestFile } from "../../project/project.js";
import { quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { compileDataTest, isPerEntity, type Relation } from "../data-tests.js";
import { groupByModel, modelEdgesSql, nearestTables, type ModelEdge } from "../lineage.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import { bindSourceSchema, declaredEntityKeyOrNull, type Definitions } from "./definitions.js";
import {
    describeStatementError,
    isRefusedStatement,
    problemInSelect,
    sentence,
    type ProblemPlaces,
} from "./problems.js";
import type { ReadSelect } from "./read-select.js";

/** A data test as a row of `ops.data_test`, with the place of its definition. */
export interface CheckedTest {
    readonly test: TestFile;
    readonly test_name: string;
    readonly model_name: string;
    readonly kind: string;
    readonly columns: readonly string[];
    readonly severity: Severity;
    readonly max_failures: number;
    readonly warn_if: string | null;
    readonly error_if: string | null;
    readonly known: string | null;
    readonly description: string;
    readonly refers_to: string | null;
    readonly refers_to_column: string | null;
    readonly is_per_entity: boolean;
    readonly failing_rows_sql: string;
    readonly position: number;
}

export interface Checking {
    readonly database: Queryable;
    readonly definitions: Definitions;
    readonly places: ProblemPlaces;
    readonly problems: FileProblem[];
    /** SQL that asks of the models' tables as they will be. */
    readonly onPlannedTables: (sql: string) => Promise<string>;
}

/** The data tests of models as SQL, without those that cannot be compiled. */
export function compileTests(
    { definitions, places, problems }: Pick<Checking, "definitions" | "places" | "problems">,
    models: readonly ModelFile[],
): readonly CheckedTest[] {
    const relations = new Map(
        [
            ...definitions.sources.map((source) => ({ ...source, relation: source.table })),
            ...definitions.models.map((model) => ({ ...model, relation: model.name })),
        ].map(({ name, schema, relation }) => [name, { schema: schema ?? definitions.sourceSchema, name: relation }]),
    );
    const seen = new Map<string, TestFile>();
    return models.flatMap((model) =>
        model.tests.flatMap((test, position): CheckedTest[] => {
            const { definition } = test;
            const relationOf = (name: string): Relation => relations.get(name) ?? { schema: model.schema, name };
            const compiled = compileDataTest(definition, { schema: model.schema, name: model.name }, relationOf);
            if (seen.has(compiled.name)) {
                problems.push(
                    places.line(
                        test.path,
                        test.line,
                        `There are two data tests "${compiled.name}".`,
                        "Delete one of them, or give it another name.",
                    ),
                );
                return [];
            }
            seen.set(compiled.name, test);
            return [
                {
                    test,
                    test_name: compiled.name,
                    model_name: model.name,
                    kind: definition.kind,
                    columns: compiled.columns,
                    severity: definition.severity ?? "error",
                    max_failures: definition.maxFailures ?? 0,
                    warn_if: definition.warnIf ?? null,
                    error_if: definition.errorIf ?? null,
                    known: definition.known ?? null,
                    description: definition.description ?? "",
                    ...referenceOf(definition),
                    is_per_entity: model.materialisation === "table" && isPerEntity(definition),
                    failing_rows_sql: bindSourceSchema(compiled.failingRowsSql, definitions.sourceSchema)
                        .trim()
                        .replace(/;$/, ""),
                    position,
                },
            ];
        }),
    );
}

function referenceOf(test: DataTestDefinition): Pick<CheckedTest, "refers_to" | "refers_to_column"> {
    return test.kind === "relationships"
        ? { refers_to: test.to, refers_to_column: test.toColumn }
        : { refers_to: null, refers_to_column: null };
}

/** A column type in the model's file is a contract: checks that the SELECT gives it. */
export async function checkContracts(
    { database, places, problems }: Checking,
    models: readonly ModelFile[],
    columnsOf: ReadonlyMap<string, readonly PlannedColumn[]>,
): Promise<void> {
    const known = new Map<string, string | null>();
    for (const model of models) {
        const actual = new Map((columnsOf.get(model.name) ?? []).map(({ name, type }) => [name, type]));
        for (const [name, { type: declared }] of Object.entries(model.columns)) {
            const given = actual.get(name);
            if (declared === undefined || given === undefined) {
                continue;
            }
            const type = known.get(declared) ?? (await loadTypeOrNull(database, declared));
            known.set(declared, type);
            if (type === null) {
                problems.push(
                    places.definition(model, ["columns", name, "type"], `PostgreSQL knows no type "${declared}".`),
                );
            } else if (type !== given) {
                problems.push(
                    places.definition(
                        model,
                        ["columns", name, "type"],
                        `The SELECT of "${model.name}" gives ${name} the type ${given}, and its contract says ${type}.`,
                        "Cast it in the SELECT, or change the contract.",
                    ),
                );
            }
        }
    }
}

/** A type as PostgreSQL writes it: `decimal(12, 2)` becomes `numeric(12,2)`. Null for an unknown type. */
async function loadTypeOrNull(database: Queryable, type: string): Promise<string | null> {
    await database.query("savepoint typing");
    try {
        const { rows } = await database.query<{ type: string }>(
            `create temporary table stardeck_type (one ${type});
            select format_type(atttypid, atttypmod) as type
            from pg_attribute
            where attrelid = 'pg_temp.stardeck_type'::regclass and attname = 'one'`,
        );
        return rows[0]?.type ?? null;
    } catch (error) {
        if (!isRefusedStatement(error)) {
            throw error;
        }
        return null;
    } finally {
        await database.query("rollback to savepoint typing; release savepoint typing");
    }
}

/** Lets PostgreSQL plan the data tests without running them. */
export async function checkTests(
    { database, places, problems, onPlannedTables }: Checking,
    tests: readonly CheckedTest[],
): Promise<void> {
    const asked: { readonly sql: string; readonly of: CheckedTest }[] = [];
    for (const test of tests) {
        asked.push({ sql: await onPlannedTables(test.failing_rows_sql), of: test });
    }
    await explainEach(database, asked, ({ test_name, test }, { message, hint }) => {
        problems.push(
            places.line(test.path, test.line, `The data test "${test_name}" cannot be asked: ${message}`, hint),
        );
    });
}

/** Checks the `affectedBy` of table models: it may name only tables that they read, and its SQL must be valid. */
export async function checkMappings(checking: Checking, models: readonly ModelFile[]): Promise<void> {
    const { database, definitions, places, problems, onPlannedTables } = checking;
    const { rows: edges } = await database.query<ModelEdge>(modelEdgesSql);
    const upstream = groupByModel(edges);
    const views = new Set(
        definitions.models.filter(({ materialisation }) => materialisation === "view").map(({ name }) => name),
    );
    const relations = new Map([
        ...definitions.sources.map(({ name, schema, table }): [string, string] => [
            name,
            quoteQualified(schema ?? definitions.sourceSchema, table),
        ]),
        ...definitions.models.map(({ name, schema }): [string, string] => [name, quoteQualified(schema, name)]),
    ]);
    const mappings: { readonly sql: string; readonly of: { readonly model: ModelFile; readonly name: string } }[] = [];
    for (const model of models) {
        const read = nearestTables(model.name, upstream, (name) => views.has(name)).map(
            ({ upstreamName }) => upstreamName,
        );
        for (const [name, select] of Object.entries(model.affectedBy)) {
            if (!read.includes(name)) {
                problems.push(
                    places.definition(
                        model,
                        ["affectedBy", name],
                        `"${model.name}" says what changes in "${name}" affect, but does not read it.`,
                        `It reads ${read.join(", ")}.`,
                    ),
                );
                continue;
            }
            const columns = (declaredEntityKeyOrNull(model) ?? []).map((_, place) => `entity_${place + 1}`);
            const relation = relations.get(name) ?? quoteQualified(definitions.sourceSchema, name);
            const mapping = bindSourceSchema(select, definitions.sourceSchema);
            mappings.push({
                sql: await onPlannedTables(
                    `select * from (with changed as (select *, 1::smallint as ${changeSign} from ${relation}) ${mapping}) as affected (${columns.join(", ")})`,
                ),
                of: { model, name },
            });
        }
    }
    await explainEach(database, mappings, ({ model, name }, { message, hint }) => {
        problems.push(
            places.definition(
                model,
                ["affectedBy", name],
                `Which ${declaredEntityKeyOrNull(model)?.join(", ") ?? "entities"} of "${model.name}" a change in "${name}" affects cannot be asked: ${message}`,
                hint ?? "Leave it out: it follows from the SELECT.",
            ),
        );
    });
}

/**
 * Plans statements without running them, many in one message; if one is refused, it searches by halves for which. A refusal by
 * row-level security is ignored: another role may build, and a build or `debug` by this role reports it.
 */
export async function explainEach<Of>(
    database: Queryable,
    statements: readonly { readonly sql: string; readonly of: Of }[],
    refuse: (of: Of, said: { readonly message: string; readonly hint: string | null }) => void,
): Promise<void> {
    const explain = async (part: typeof statements): Promise<void> => {
        if (part.length === 0) {
            return;
        }
        await database.query("savepoint checking");
        try {
            await database.query(part.map(({ sql }) => `explain ${sql}`).join(";\n"));
            await database.query("release savepoint checking");
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            await database.query("rollback to savepoint checking");
            if (part.length > 1) {
                const half = Math.ceil(part.length / 2);
                await explain(part.slice(0, half));
                await explain(part.slice(half));
            } else if (part[0] !== undefined && !isRowSecurityRefusal(error.cause)) {
                refuse(part[0].of, describeStatementError(error));
            }
        }
    };
    for (let start = 0; start < statements.length; start += 50) {
        await explain(statements.slice(start, start + 50));
    }
}

/** Refuses SELECTs whose rows change without a change of their inputs: builds would never find them stale. */
export async function checkRepeatability(
    { database, definitions, problems }: Checking,
    models: readonly ModelFile[],
    selects: ReadonlyMap<string, ReadSelect>,
): Promise<void> {
    const names = [...new Set([...selects.values()].flatMap(({ functions }) => functions.map(({ name }) => name)))];
    const { rows: volatile } = await database.query<{ name: string }>(
        `select proname::text as name
        from pg_proc
        where proname in (${["", ...names].map(quoteLiteral).join(", ")}) and pronamespace = 'pg_catalog'::regnamespace
        group by proname
        having bool_and(provolatile = 'v')`,
    );
    const unsteady = new Set([
        ...volatile.map(({ name }) => name),
        "now",
        "transaction_timestamp",
        "statement_timestamp",
    ]);
    const { rows: own } = await database.query<{ modelName: string; name: string; isVolatile: boolean }>(
        `with own_function as materialized (
            select name, provolatile = 'v' as is_volatile
            from (
                select distinct part as name
                from ops.model
                cross join jsonb_object_keys(fingerprint) as part
                where part like 'function %'
            ) as read
            join pg_proc on pg_proc.oid = to_regprocedure(substr(read.name, length('function ') + 1))
            where provolatile = 'v'
                or pg_get_functiondef(pg_proc.oid) ~* '\\m(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|random|gen_random_uuid)\\s*\\(|\\m(current_date|current_time|current_timestamp|localtime|localtimestamp)\\M'
        )
        select model_name as "modelName", own_function.name, is_volatile as "isVolatile"
        from ops.model
        join own_function on fingerprint ? own_function.name
        order by 1, 2`,
    );
    const always = new Map(
        definitions.models
            .filter(({ rebuild }) => rebuild === "always")
            .map(({ name, schema }) => [`view ${schema}.${name}`, name]),
    );
    const { rows: reads } = await database.query<{ modelName: string; part: string }>(
        `select model_name as "modelName", part
        from ops.model
        cross join jsonb_object_keys(fingerprint) as part
        where part in (${["", ...always.keys()].map(quoteLiteral).join(", ")})`,
    );
    const remedy =
        'Leave it out, or set rebuild: "always" in the file beside it: each build then computes all its rows.';
    for (const model of models.filter(({ rebuild }) => rebuild !== "always")) {
        const select = selects.get(model.name);
        const complain = (position: number | null, message: string, hint = remedy): void => {
            problems.push(problemInSelect(model, definitions.sourceSchema, position, message, hint));
        };
        for (const clock of select?.clocks ?? []) {
            complain(clock.position, `${sentence(clock.name).slice(0, -1)} is another at each reading.`);
        }
        for (const { schema, name, position } of select?.functions ?? []) {
            if ((schema ?? "pg_catalog") === "pg_catalog" && unsteady.has(name)) {
                complain(position, `${name}() gives something else at each call.`);
            }
        }
        for (const { name, isVolatile } of own.filter(({ modelName }) => modelName === model.name)) {
            const position = select?.functions.find((mention) => name.includes(`.${mention.name}(`))?.position ?? null;
            complain(
                position,
                isVolatile
                    ? `The ${name} is volatile: PostgreSQL takes it to give something else at each call.`
                    : `The ${name} reads a clock or draws at random.`,
                isVolatile
                    ? `Declare it immutable or stable if it is. Else leave it out, or set rebuild: "always".`
                    : remedy,
            );
        }
    }
    for (const { modelName, part } of reads) {
        const model = definitions.models.find(({ name, rebuild }) => name === modelName && rebuild !== "always");
        if (model !== undefined) {
            const message = `"${model.name}" reads the ${part}, which is another at each reading.`;
            problems.push(problemInSelect(model, definitions.sourceSchema, null, message, remedy));
        }
    }
}
