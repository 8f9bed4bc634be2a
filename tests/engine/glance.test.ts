import { beforeEach, expect, it } from "vitest";
import type { Connection } from "../../src/database/connection.js";
import { makeGraph } from "../../src/engine/graph.js";
import { loadStaleness, type Staleness } from "../../src/engine/staleness.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, landOrders } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

const tailBlocks = 10;

describeOnBothDatabases("a glance at large landing tables", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
    });

    /** About 15 rows to a block: some 30 blocks. */
    async function landMany(): Promise<void> {
        await land("alter table staging.orders set (fillfactor = 10)");
        await land(
            "insert into staging.orders (id, customer, status, amount, modified_at) select number, 1, 'PAID', '1', '2025-01-10' from generate_series(1, 400) as number",
        );
    }

    /** Runs SQL and flushes its changes into the server's counters. */
    async function land(sql: string): Promise<void> {
        await test.connected.withTransaction(async (connection) => {
            await connection.query(sql);
            await connection.query("select pg_stat_force_next_flush()");
        });
    }

    /** The staleness of fct_orders, and the statements on the landing table for that. */
    async function glance(): Promise<readonly [Staleness | undefined, readonly string[]]> {
        const graph = makeGraph(await loadRegistry(test.connected));
        const asked: string[] = [];
        const staleness = await test.connected.withReadOnlyTransaction(
            (connection) => {
                const recording: Connection = {
                    ...connection,
                    query: (sql, parameters, options) => {
                        asked.push(...(/staging"?\."?orders/.test(sql) ? [sql.replaceAll(/\s+/g, " ")] : []));
                        return connection.query(sql, parameters, options);
                    },
                };
                return loadStaleness(recording, graph, { isGlance: true, tailBlocks });
            },
            { isolation: "repeatable read" },
        );
        return [staleness.get("fct_orders"), asked];
    }

    /** Conditions that an index answers, or that read only the last blocks. */
    const isBounded = (sql: string): boolean => /where (ctid >= '\(\d+,0\)'::tid|"modified_at" > )/.test(sql);

    it("asks nothing of a source from which nothing was built", async () => {
        await landMany();
        expect(await glance()).toEqual([{ kind: "stale", reason: "never built" }, []]);
    });

    it("reads only the end of a table in which nothing has happened, or rows were added", async () => {
        await landMany();
        await build(test.connected, { tailBlocks });
        const [same, first] = await glance();
        expect(same).toEqual({ kind: "fresh", reason: "nothing new" });
        expect(first.filter((sql) => !isBounded(sql))).toEqual([]);
        await land(
            "insert into staging.orders (id, customer, status, amount, modified_at) values (900, 1, 'PAID', '1', '2025-02-01')",
        );
        const [added, second] = await glance();
        expect(added).toEqual({ kind: "stale", reason: "orders: 1 new row" });
        expect(second.filter((sql) => !isBounded(sql))).toEqual([]);
    });

    it("leaves open what only a look at all rows could tell", async () => {
        await landMany();
        await build(test.connected, { tailBlocks });
        await land("update staging.orders set amount = '2' where id = 3");
        const [changed, asked] = await glance();
        expect(changed).toEqual({ kind: "maybe", reason: "if orders changes" });
        expect(asked.filter((sql) => !isBounded(sql))).toEqual([]);
    });

    it("looks at all rows of a small table, as a build does", async () => {
        await landOrders(test.connected, { id: 1 }, { id: 2 });
        await build(test.connected, { tailBlocks });
        expect((await glance())[0]).toEqual({ kind: "fresh", reason: "nothing new" });
        await land("update staging.orders set amount = '2' where id = 1");
        expect((await glance())[0]?.kind).toBe("stale");
    });
});
