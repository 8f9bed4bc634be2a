import { beforeAll, beforeEach, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { migrateTo, type TestModel, type TestSource } from "../setup/models.js";
import { build, changesOf, modelOf, rowsOf, statusesOf, testsOf } from "./small-builds.js";

/**
 * Two tables that do not read each other; a data test of the first reads the second:
 *
 *     line  → a_lines ┄┄ relationships ┄┄→ z_orders ← orders
 */
describeOnBothDatabases("a test that refers to a model which its own does not read", (test) => {
    beforeAll(async () => {
        await test.connected.query("create schema if not exists staging");
        for (const name of ["orders", "line"]) {
            await test.connected.query(`create table staging.${name} (id int, order_id int, modified_at serial)`);
        }
        await migrateTo(test.connected, {
            sources: [makeSource("orders"), makeSource("line")],
            models: [makeTable("orders", "z_orders", "order_id"), makeTable("line", "a_lines", "line_id")],
        });
    });
    beforeEach(async () => {
        await test.connected.query(
            `truncate staging.orders, staging.line, warehouse.z_orders, warehouse.a_lines, ops.run, ops.model_run, ops.test_run,
                ops.row_change, ops.model_state, ops.test_state, ops.source_cursor, ops.affected_entity`,
        );
        await land(test.connected, "orders", [1, 1], [2, 2]);
        await land(test.connected, "line", [11, 1], [12, 2]);
        expect(testsOf(await build(test.connected))).toEqual({ "a_lines.relationships.order_id": "passed 0" });
    });

    it("runs after that model is built", async () => {
        await land(test.connected, "line", [13, 3]);
        await land(test.connected, "orders", [3, 3]);
        const summary = await build(test.connected, { threads: 1 });
        expect(summary.models.map(({ modelName }) => modelName)).toEqual(["z_orders", "a_lines"]);
        expect(testsOf(summary)).toEqual({ "a_lines.relationships.order_id": "passed 0" });
    });

    it("asks for rows too that an incremental build does not touch", async () => {
        await land(test.connected, "orders", [2, null]);
        await land(test.connected, "line", [13, 1]);
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({
            z_orders: "1 entities: +0 ~0 -1 =0",
            a_lines: "1 entities: +1 ~0 -0 =0",
        });
        expect(testsOf(summary)).toEqual({ "a_lines.relationships.order_id": "warned 1" });
    });

    it("asks for the affected entities alone while the other model has lost no row", async () => {
        // Changed by hand, so that only a test of all rows would notice.
        await test.connected.query("update warehouse.a_lines set order_id = 99 where line_id = 11");
        await land(test.connected, "orders", [3, 3]);
        await land(test.connected, "line", [13, 3]);
        expect(testsOf(await build(test.connected))).toEqual({ "a_lines.relationships.order_id": "passed 0" });
        await land(test.connected, "orders", [3, null]);
        await land(test.connected, "line", [13, 1]);
        expect(testsOf(await build(test.connected))).toEqual({ "a_lines.relationships.order_id": "warned 1" });
    });

    it("is not asked again when the other model has only got more rows and nothing failed", async () => {
        await land(test.connected, "orders", [3, 3], [1, 7]);
        const summary = await build(test.connected);
        expect(changesOf(summary)).toEqual({ z_orders: "2 entities: +1 ~1 -0 =0" });
        expect(testsOf(summary)).toEqual({});
    });

    it("is asked again when only the other model has changed", async () => {
        await land(test.connected, "orders", [1, null]);
        const broken = await build(test.connected);
        expect(changesOf(broken)).toEqual({ z_orders: "1 entities: +0 ~0 -1 =0" });
        expect(testsOf(broken)).toEqual({ "a_lines.relationships.order_id": "warned 1" });
        expect(testsOf(await build(test.connected))).toEqual({});
        await land(test.connected, "orders", [1, 1]);
        expect(testsOf(await build(test.connected))).toEqual({ "a_lines.relationships.order_id": "passed 0" });
    });

    it("is asked again when the other model changed in a run without this one", async () => {
        await land(test.connected, "orders", [1, null]);
        expect(testsOf(await build(test.connected, { select: ["z_orders"] }))).toEqual({});
        expect(testsOf(await build(test.connected))).toEqual({ "a_lines.relationships.order_id": "warned 1" });
        expect(testsOf(await build(test.connected))).toEqual({});
    });

    it("is asked again when what came to its own model affects none of its rows", async () => {
        await land(test.connected, "orders", [1, null]);
        await land(test.connected, "line", [null, null]);
        const summary = await build(test.connected);
        expect(changesOf(summary).a_lines).toBe("none: +0 ~0 -0 =0");
        expect(testsOf(summary)).toEqual({ "a_lines.relationships.order_id": "warned 1" });
    });

    it("does not keep its model from being built when the other one fails", async () => {
        await test.connected.query("alter table warehouse.z_orders add constraint small check (order_id < 100)");
        await land(test.connected, "orders", [100, 100]);
        await land(test.connected, "line", [13, 1]);
        const summary = await build(test.connected);
        await test.connected.query("alter table warehouse.z_orders drop constraint small");
        expect(statusesOf(summary)).toEqual({ z_orders: "failed", a_lines: "ok" });
        expect(modelOf(summary, "a_lines").rows).toMatchObject({ inserted: 1 });
        expect(await rowsOf(test.connected, "select count(*) from warehouse.a_lines")).toEqual([["3"]]);
    });
});

function makeSource(name: string): TestSource {
    return {
        name,
        columns: [
            { name: "id", type: "integer" },
            { name: "modified_at", type: "integer" },
        ],
    };
}

/** A table model over a source of its own: the last version of each id, unless that names no order. */
function makeTable(source: string, name: string, key: string): TestModel {
    const isParent = key === "order_id";
    return {
        name,
        layer: "warehouse",
        select: `select * from (
                select distinct on (id) id as ${key}${isParent ? ", order_id as version" : ", order_id"}
                from {source_schema}.${source} where id is not null order by id, modified_at desc
            ) as latest where ${isParent ? "version" : "order_id"} is not null`,
        primaryKey: [key],
        affectedBy: { [source]: "select id from changed" },
        tests: isParent
            ? []
            : [{ kind: "relationships", column: "order_id", to: "z_orders", toColumn: "order_id", severity: "warn" }],
    };
}

/** Lands versions `[id, order]`; one without an order removes the row. */
async function land(
    database: Database,
    source: string,
    ...versions: readonly (readonly [id: number | null, order: number | null])[]
): Promise<void> {
    for (const version of versions) {
        await database.query(`insert into staging.${source} (id, order_id) values ($1, $2)`, [...version]);
    }
}
