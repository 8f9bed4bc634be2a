import type { Database } from "../src/database/database.js";
import { quoteQualified } from "../src/sql/identifiers.js";
import { makeGraph } from "../src/engine/graph.js";
import { loadTargets } from "../src/engine/target.js";
import { loadHeldTests } from "../src/runs/test-list.js";
import { loadRegistry, type TableModel } from "../src/warehouse/registry.js";

/**
 * The minimal SQL of a first build, for psql: fill each table model, analyze it, run its data tests. In the engine's order, each model
 * in its own transaction; without a diff, run records or samples of failing rows.
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

/** The row counts of every table model, to check that two ways of building give the same. */
export async function countWarehouseRows(database: Database): Promise<string> {
    const { models } = await loadRegistry(database);
    const counts = models
        .filter((model) => model.materialisation === "table")
        .map(({ layer, name }) => `(select count(*) from ${quoteQualified(layer, name)})`);
    const { rows } = await database.query<{ counts: string }>(`select concat_ws(' ', ${counts.join(", ")}) as counts`);
    return rows[0]?.counts ?? "";
}
