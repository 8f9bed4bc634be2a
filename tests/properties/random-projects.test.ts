import { expect, test } from "vitest";
import { verifyModels } from "../../src/engine/verify.js";
import { Random } from "../../src/prove/random.js";
import { SelectMaker, shapes, type RandomSelect } from "../derivation/random-select.js";
import { columnValues, tableColumns, tableNames, type TableName } from "../derivation/small-tables.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { searchTimeoutMs } from "../setup/effort.js";
import { migrateTo, type TestModel, type TestProject } from "../setup/models.js";
import { build, effortOn, failuresOf } from "./build.js";

const selectCount = 8;
const batchCount = 4;
const names = tableColumns.map(({ name }) => name);
const list = names.join(", ");

const landingTables = [
    "create schema if not exists staging",
    ...tableNames.map(
        (name) =>
            `create table staging.landed_${name} (
                row_id int, version int, is_gone boolean, ${tableColumns.map((each) => `${each.name} ${each.kind}`).join(", ")}
            )`,
    ),
];

/** The small tables of the random SELECTs, as models: their rows come, change, move and go. */
const smallTables: readonly TestModel[] = tableNames.map((name) => ({
    name,
    layer: "tables",
    select: `select row_id, ${list}
        from (
            select distinct on (row_id) * from {source_schema}.landed_${name} where row_id is not null
            order by row_id, version desc, is_gone, ${list}
        ) as latest
        where not is_gone`,
    primaryKey: ["row_id"],
}));

/** What has no entities, or only some to show: right after each batch all the same. */
const marts: readonly TestModel[] = [
    {
        name: "mart_rank",
        layer: "marts",
        select: "select row_key, copies, rank() over (order by copies desc) as place from warehouse.q1",
        primaryKey: ["row_key"],
    },
    {
        name: "mart_share",
        layer: "marts",
        select: "select row_key, copies / sum(copies) over () as share from warehouse.q1",
        primaryKey: ["row_key"],
    },
    {
        name: "mart_top",
        layer: "marts",
        select: "select row_key, copies from warehouse.q1 order by copies desc, row_key limit 3",
        primaryKey: ["row_key"],
    },
    {
        name: "mart_figures",
        layer: "marts",
        select: "select 1 as one, count(*) as row_count, sum(copies) as total from warehouse.q1",
        primaryKey: ["one"],
    },
];

/** A table model of a random SELECT: its rows each once, and how often they were there. */
function makeModel(random: Random, { sql, columns }: RandomSelect, number: number): TestModel {
    const given = columns.map(({ name }) => name);
    const key = given.map((name) => `coalesce(${name}::text, '~')`).join(" || '|' || ");
    const entityKey = random.chance(0.3) ? null : random.some(given, random.chance(0.3) ? 2 : 1);
    return {
        name: `q${number}`,
        layer: "warehouse",
        select: `select ${key} as row_key, ${given.join(", ")}, count(*)::int as copies from (${sql}) as q group by ${given.join(", ")}`,
        primaryKey: ["row_key"],
        entityKey,
    };
}

function projectOf(models: readonly TestModel[]): TestProject {
    return {
        layers: ["tables", "warehouse", "marts"].map((name) => ({ name, schema: name, materialisation: "view" })),
        sources: tableNames.map((name) => ({
            name: `landed_${name}`,
            key: ["row_id"],
            versionColumn: "version",
            columns: [{ name: "row_id", type: "integer" }],
        })),
        models: [...smallTables, ...models],
    };
}

/** SELECTs that PostgreSQL can plan, and whose rows its tables decide. */
async function makeModels({ connected }: TestDatabase, random: Random): Promise<readonly TestModel[]> {
    const models: TestModel[] = [];
    while (models.length < selectCount) {
        const made = new SelectMaker(random).select(random.below(3), random.pick(shapes));
        // Of 1.0 and 1.00 a GROUP BY shows either, and a LIMIT may cut between rows that come in any order.
        const sql = made.sql.replaceAll("1.00", "1.0");
        const model = makeModel(random, { ...made, sql }, models.length + 1);
        if (!/\blimit\b/.test(sql) && (await canBePlanned(connected, model.select))) {
            models.push(model);
        }
    }
    return models;
}

function canBePlanned(database: TestDatabase["connected"], select: string): Promise<boolean> {
    return database.query(`explain ${select}`).then(
        () => true,
        () => false,
    );
}

function landRow(random: Random, name: TableName): string {
    const values = tableColumns.map(({ kind }) => random.pick(columnValues[kind]).replace("1.00", "1.0"));
    const rowId = random.chance(0.05) ? "null" : random.below(8);
    const row = [rowId, random.below(6), random.chance(0.2), ...values].join(", ");
    const copies = Array.from({ length: random.chance(0.1) ? 2 : 1 }, () => `(${row})`).join(", ");
    return `insert into staging.landed_${name} values ${copies}`;
}

describeOnBothDatabases("a project of random SELECTs", {}, (database) => {
    test(
        "is after each batch what a full refresh would make of it",
        async () => {
            const { connected } = database;
            for (const statement of landingTables) {
                await connected.query(statement);
            }
            let rebuiltByEntities = 0;
            const { numRuns } = effortOn(database, { embedded: 1, server: 3 });
            // Further projects where by chance every model of the first ones had to be rebuilt whole.
            for (let round = 0; round < numRuns || (rebuiltByEntities === 0 && round < numRuns + 5); round++) {
                const seed = Math.floor(Math.random() * 1_000_000_000);
                const random = new Random(seed);
                await migrateTo(connected, projectOf([]));
                const models = await makeModels(database, random);
                await migrateTo(connected, projectOf([...models, ...marts]));
                for (let batch = 0; batch < batchCount; batch++) {
                    for (let count = batch === 0 ? 24 : 1 + random.below(4); count > 0; count--) {
                        await connected.query(landRow(random, random.pick(tableNames)));
                    }
                    const built = await build(database, { fullRefresh: false, wholeModelShare: 1000 });
                    const place = `seed ${seed}, batch ${batch}`;
                    expect(failuresOf(built), place).toEqual([]);
                    rebuiltByEntities += built.models.filter(
                        ({ modelName, scope }) => modelName.startsWith("q") && scope?.kind === "entities",
                    ).length;
                    const verified = await verifyModels(connected, {
                        select: [],
                        exclude: [],
                        onResult: () => undefined,
                        signal: new AbortController().signal,
                        onWait: () => undefined,
                    });
                    const wrong = verified.filter(({ status }) => status !== "equal");
                    const selects = models.filter(({ name }) => wrong.some(({ modelName }) => modelName === name));
                    expect({ place, wrong, selects }).toEqual({ place, wrong: [], selects: [] });
                }
            }
            // What was only ever rebuilt whole proves nothing.
            expect(rebuiltByEntities).toBeGreaterThan(0);
        },
        searchTimeoutMs,
    );
});
