import type { Database } from "../src/database/database.js";
import { quoteQualified } from "../src/sql/identifiers.js";
import { makeGraph } from "../src/engine/graph.js";
import { loadTargets } from "../src/engine/target.js";
import { loadHeldTests } from "../src/runs/test-list.js";
import { loadRegistry, type TableModel } from "../src/warehouse/registry.js";

/**
 * The SQL that a first build cannot do without, for psql: fill each table model, look at its rows, ask its data tests.
 * In the engine's order, each model in a transaction; no diff, no record of anything, no failing rows kept.
 */
export async function buildFloorSql(database: Database): Promise<string> {
    const graph = makeGraph(await loadRegistry(database));
    const tables = [...graph.models.values()].filter((model): model is TableModel => model.materialisation === "table");
    const targets = await loadTargets(database, tables);
    const held = await loadHeldTests(database);
    const models = graph.order.map((name) => {
        const target = targets.get(name);
        const tests = graph.testsOf(name).filter(({ name: testName }) => !held.has(testName));
        const counts = tests.map((test) => `select count(*) from (${test.failingRowsSql}) as failing_row;`);
        const load =
            target === undefined
                ? []
                : [
                      `insert into ${target.relation} (${target.columns.join(", ")})
                       select ${target.columns.join(", ")} from ${target.select};`,
                      `analyze ${target.relation};`,
                  ];
        return ["begin;", ...load, ...counts, "commit;"].join("\n");
    });
    return ["set time zone 'UTC';", ...models].join("\n");
}

/** The rows of every table model, to see that two ways of building did the same. */
export async function countWarehouseRows(database: Database): Promise<string> {
    const { models } = await loadRegistry(database);
    const counts = models
        .filter((model) => model.materialisation === "table")
        .map(({ layer, name }) => `(select count(*) from ${quoteQualified(layer, name)})`);
    const { rows } = await database.query<{ counts: string }>(`select concat_ws(' ', ${counts.join(", ")}) as counts`);
    return rows[0]?.counts ?? "";
}
