import { beforeEach, expect, it } from "vitest";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landOrders, modelOf, rowsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

const tailBlocks = 10;

describeOnBothDatabases("a landing table larger than its counted tail", { template: "small" }, (test) => {
    beforeEach(async () => {
        await emptySmallWarehouse(test.connected);
        // About 15 rows to a block: 400 rows take some 30 blocks.
        await land("alter table staging.orders set (fillfactor = 10)");
        await land(
            "insert into staging.orders (id, customer, status, amount, modified_at) select number, 1, 'PAID', '1', '2025-01-10' from generate_series(1, 400) as number",
        );
        expect((await build(test.connected, { tailBlocks })).status).toBe("ok");
        // A count of all rows now finds fewer than were known.
        await test.connected.query(
            `update ops.source_cursor set mark = jsonb_set(mark, '{counted,rowCount}', '410') where source_name = 'orders'`,
        );
    });

    /** Runs SQL and flushes its changes into the server's counters. */
    async function land(sql: string): Promise<void> {
        await test.connected.withTransaction(async (connection) => {
            await connection.query(sql);
            await connection.query("select pg_stat_force_next_flush()");
        });
    }

    const landOrder = (id: number, modifiedAt: string) =>
        land(
            `insert into staging.orders (id, customer, status, amount, modified_at) values (${id}, 1, 'PAID', '2', '${modifiedAt}')`,
        );

    const blockOf = async (id: number): Promise<number> => {
        const [row] = await rowsOf(test.connected, `select ctid from staging.orders where id = ${id}`);
        return Number(/\((\d+),/.exec(row?.[0] ?? "")?.[1]);
    };

    /** Lands orders until one is stored in the first blocks, after filling the others. Returns how many. */
    async function landIntoGap(firstId: number, modifiedAt: string): Promise<number> {
        for (let id = firstId; ; id += 1) {
            await landOrder(id, modifiedAt);
            if ((await blockOf(id)) <= 15) {
                return id + 1 - firstId;
            }
        }
    }

    async function buildOrders(): Promise<unknown[]> {
        const summary = await build(test.connected, { tailBlocks });
        return [changesOf(summary).fct_orders, modelOf(summary, "fct_orders").scope?.reason];
    }

    /** The reason after all rows were read. */
    const allWereCounted = "orders: rows were changed in place: all are read";

    it("is not counted as a whole when rows were appended, late ones too, or when nothing came", async () => {
        expect(await buildOrders()).toEqual([undefined, "nothing new"]);
        await landOrder(401, "2025-01-11");
        expect(await buildOrders()).toEqual(["1 entities: +1 ~0 -0 =0", "orders: 1 new row"]);
        await landOrder(402, "2024-06-01");
        expect(await buildOrders()).toEqual(["1 entities: +1 ~0 -0 =0", "orders: 1 new row, late ones among them"]);
        expect(await buildOrders()).toEqual([undefined, "nothing new"]);
        expect(
            await rowsOf(
                test.connected,
                "select row_count, mark #>> '{counters,inserted}', mark #>> '{counters,changed}' from ops.source_cursor where source_name = 'orders' and model_name = 'fct_orders'",
            ),
        ).toEqual([["402", "402", "0"]]);
    });

    it("is not counted as a whole when a newer row or a little late one went into a gap among its first blocks, but when a very late one did", async () => {
        await test.connected.query("alter table staging.orders set (fillfactor = 100)");
        await test.connected.maintain("vacuum staging.orders");
        for (const [firstId, modifiedAt, addition] of [
            [401, "2025-01-11", ""],
            [701, "2025-01-10 12:00", ", late ones among them"],
        ] as const) {
            const newCount = await landIntoGap(firstId, modifiedAt);
            expect(await buildOrders()).toEqual([
                `${newCount} entities: +${newCount} ~0 -0 =0`,
                `orders: ${newCount} new ${newCount === 1 ? "row" : "rows"}${addition}`,
            ]);
        }
        await landIntoGap(1001, "2024-06-01");
        expect((await buildOrders())[1]).toBe(allWereCounted);
    });

    it.each([
        [
            "a row was deleted",
            "with gone as (delete from staging.orders where id = 1) insert into staging.orders (id) values (401)",
        ],
        ["a row was updated", "update staging.orders set amount = '3' where id = 1"],
        ["it was rewritten", "cluster staging.orders using orders_by_id"],
        ["the counters were reset", "select pg_stat_reset()"],
        ["its counters were reset", "select pg_stat_reset_single_table_counters('staging.orders'::regclass)"],
        ["the counters of the server were reset, as after a crash", "select pg_stat_reset_shared('bgwriter')"],
    ])("is counted as a whole when %s", async (_what, sql) => {
        await test.connected.query("create index if not exists orders_by_id on staging.orders (id)");
        await land(sql);
        expect((await buildOrders())[1]).toBe(allWereCounted);
    });

    it("is counted as a whole when rows were rolled back", async () => {
        await expect(
            test.connected.withTransaction(async (connection) => {
                await connection.query("insert into staging.orders (id) values (401)");
                await connection.query("select pg_stat_force_next_flush()");
                throw new Error("rolled back");
            }),
        ).rejects.toThrow("rolled back");
        expect((await buildOrders())[1]).toBe(allWereCounted);
    });

    it("keeps no counters while it is smaller than a tail", async () => {
        await test.connected.query("truncate staging.orders, ops.source_cursor, ops.model_state");
        await landOrders(test.connected, { id: 1 });
        await build(test.connected);
        expect(
            await rowsOf(
                test.connected,
                "select mark ->> 'kind', mark ->> 'counters' from ops.source_cursor where source_name = 'orders'",
            ),
        ).toEqual([["transactions", null]]);
    });
});
