import { changeSign } from "../../src/derivation/change-sign.js";
import { prepareDerivation, type DerivedMapping } from "../../src/derivation/derive-mappings.js";
import type { Rules } from "../../src/derivation/rules.js";
import { loadCatalogue } from "../../src/warehouse/load-catalogue.js";
import type { Queryable } from "../../src/warehouse/queryable.js";
import type { Random } from "../../src/prove/random.js";
import { SelectMaker, type RandomSelect, type Shape } from "./random-select.js";
import {
    changedSql,
    changeTables,
    fillSql,
    randomTables,
    tableNames,
    type TableName,
    type Tables,
} from "./small-tables.js";

/** Runs statements one after another in one transaction, and gives the rows of each. */
export interface ScriptRunner extends Queryable {
    script(statements: readonly string[]): Promise<readonly (readonly object[])[]>;
}

/** A SELECT of which mappings are tried. */
export interface Case {
    readonly select: RandomSelect;
    readonly entityKey: readonly string[];
}

export interface Outcome {
    /** Batches that truly changed an entity, and whose tables all have a mapping that is not whole. */
    readonly comparisons: number;
    /** What was found stale in them, and what truly was. */
    readonly foundCount: number;
    readonly trueCount: number;
    /** What a mapping missed, for people; null when nothing was. */
    readonly miss: string | null;
}

const nothingCompared: Outcome = { comparisons: 0, foundCount: 0, trueCount: 0, miss: null };

/** A random SELECT of the given shape, or of any. */
export function makeCase(random: Random, shape?: Shape): Case {
    const made = new SelectMaker(random).select(random.below(3), shape);
    const names = made.columns.map(({ name }) => name);
    const entityKey = random.chance(0.3) ? names.slice(0, 1) : random.some(names, random.chance(0.2) ? 2 : 1);
    return { select: isMerging(made.sql) ? { ...made, sql: withOneNumber(made.sql) } : made, entityKey };
}

/** Whether PostgreSQL takes one of several equal values, any of them: 1.0 or 1.00. Such a SELECT is no function of its rows. */
function isMerging(sql: string): boolean {
    return /\b(union|except|intersect|distinct|group by|partition by)\b/.test(sql);
}

function withOneNumber(sql: string): string {
    return sql.replaceAll("1.00", "1.0");
}

/** Derives the mappings of a case and holds them against what random changes truly do to its rows. */
export async function checkCase(
    database: ScriptRunner,
    random: Random,
    { select, entityKey }: Case,
    batchCount: number,
    rules: Rules,
): Promise<Outcome> {
    try {
        await database.script([
            "drop table if exists tables.m, tables.before, tables.found, tables.truth",
            "drop view if exists tables.q",
            `create view tables.q as ${select.sql}`,
            "create unlogged table tables.m as select * from tables.q with no data",
            `create unlogged table tables.before as select ${entityKey.join(", ")}, ''::text as row_text from tables.q with no data`,
            `create unlogged table tables.found as select ''::text as way, ${entityKey.join(", ")} from tables.q with no data`,
            `create unlogged table tables.truth as select ${entityKey.join(", ")} from tables.q with no data`,
        ]);
    } catch {
        // Not every join can be a full one, not every value be compared.
        return nothingCompared;
    }
    const isTable = (schema: string, name: string): boolean =>
        schema === "tables" && (tableNames as readonly string[]).includes(name);
    const catalogue = await loadCatalogue(database, ["tables.q", "tables.m"], (schema, name) =>
        isTable(schema, name) ? { name, hasOldRows: true } : null,
    );
    const view = catalogue.relations.get("tables.q");
    if (view === undefined) {
        throw new Error("no view");
    }
    const table = catalogue.relations.get("tables.m") ?? null;
    const derive = await prepareDerivation({ select: view, table }, catalogue, { rules });
    const mappings = derive({ entityKey, isEntityNeverNull: false });
    const usable = tableNames.filter((name) => mappings.get(name)?.kind === "entities");
    if (usable.length === 0) {
        return nothingCompared;
    }
    const batches = Array.from({ length: batchCount }, (): Batch => {
        const before = randomTables(random);
        const changing = random.some(usable, 1 + random.below(usable.length));
        return { before, changing, after: changeTables(random, before, changing) };
    });
    const tell = (batch: Batch): string => describe(select, entityKey, mappings, batch);
    try {
        const results = await database.script(
            batches
                .flatMap((batch) => batchSql(entityKey, mappings, batch))
                .map((statement) => (isMerging(select.sql) ? withOneNumber(statement) : statement)),
        );
        const answers = results.filter((rows) => rows.length === ways.length) as readonly (readonly Answer[])[];
        return batches
            .map((batch, place): Outcome => {
                const rows = answers[place] ?? [];
                const [{ trueCount, foundCount } = { trueCount: 0, foundCount: 0 }] = rows;
                const missed = rows.filter((row) => row.missed !== null);
                const told = missed.map(({ way, missed: entities }) => `${way} ${JSON.stringify(entities)}`).join("; ");
                const miss = missed.length === 0 ? null : `${tell(batch)}\nmissed: ${told}`;
                return { comparisons: trueCount > 0 ? 1 : 0, trueCount, foundCount, miss };
            })
            .reduce(add);
    } catch (error) {
        const [first] = batches;
        const told = first === undefined ? "" : tell(first);
        return { ...nothingCompared, miss: `${told}\n${error instanceof Error ? error.message : String(error)}` };
    }
}

interface Batch {
    readonly before: Tables;
    readonly after: Tables;
    readonly changing: readonly TableName[];
}

interface Answer {
    readonly way: string;
    readonly trueCount: number;
    readonly foundCount: number;
    readonly missed: unknown;
}

/** When a mapping can be evaluated. */
const ways = ["alone", "published", "final"] as const;

function batchSql(
    entityKey: readonly string[],
    mappings: ReadonlyMap<string, DerivedMapping>,
    { before, after, changing }: Batch,
): readonly string[] {
    const entity = entityKey.join(", ");
    const find = (way: (typeof ways)[number], name: TableName): string => {
        const mapping = mappings.get(name);
        const changed = changedSql(before[name], after[name], changeSign);
        return mapping?.kind === "entities"
            ? `insert into tables.found select '${way}', ${entity} from (with changed as (${changed}) ${mapping.select}) as mapped`
            : "select";
    };
    return [
        "savepoint batch",
        ...tableNames.flatMap((name) => fillSql(name, before[name])),
        "insert into tables.m select * from tables.q",
        `insert into tables.before select ${entity}, q::text as row_text from tables.q as q`,
        // Each sees its own change alone.
        ...changing.flatMap((name) => [
            ...fillSql(name, after[name]),
            find("alone", name),
            ...fillSql(name, before[name]),
        ]),
        // Each is mapped when it is published.
        ...changing.flatMap((name) => [...fillSql(name, after[name]), find("published", name)]),
        // All are mapped in the end.
        ...changing.map((name) => find("final", name)),
        `insert into tables.truth
        select distinct ${entity}
        from (
            select ${entity}, row_text, -1 as weight from tables.before
            union all
            select ${entity}, q::text, 1 from tables.q as q
        ) as both_states
        group by ${entity}, row_text
        having sum(weight) <> 0`,
        `select
            way,
            (select count(*) from tables.truth)::int as "trueCount",
            (select count(*) from (select distinct ${entity} from tables.found as found where found.way = ways.way) as each_once)::int as "foundCount",
            (
                select json_agg(missed)
                from (
                    select ${entity} from tables.truth
                    except
                    select ${entity} from tables.found as found where found.way = ways.way
                ) as missed
            ) as missed
        from (values ${ways.map((way) => `('${way}')`).join(", ")}) as ways (way)`,
        "rollback to savepoint batch",
        "release savepoint batch",
    ];
}

function describe(
    select: RandomSelect,
    entityKey: readonly string[],
    mappings: ReadonlyMap<string, DerivedMapping>,
    { before, after, changing }: Batch,
): string {
    return [
        select.sql,
        `entity: ${entityKey.join(", ")}`,
        ...changing.map((name) => {
            const mapping = mappings.get(name);
            return `-- ${name}\n${mapping?.kind === "entities" ? mapping.select : "whole"}`;
        }),
        ...tableNames.map((name) => `${name}: ${JSON.stringify(before[name])}`),
        ...changing.map((name) => `${name} afterwards: ${JSON.stringify(after[name])}`),
    ].join("\n");
}

export function add(one: Outcome, other: Outcome): Outcome {
    return {
        comparisons: one.comparisons + other.comparisons,
        foundCount: one.foundCount + other.foundCount,
        trueCount: one.trueCount + other.trueCount,
        miss: one.miss ?? other.miss,
    };
}
