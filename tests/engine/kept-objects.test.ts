import { beforeEach, expect, it } from "vitest";
import { describeOnBothDatabases, describeOnServer, openDatabase } from "../setup/databases.js";
import { build, changesOf, landCustomers, landOrders, rowsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

describeOnBothDatabases("what others have made on a table", { template: "small" }, (test) => {
    it("survives two incremental builds and a full refresh", async () => {
        const { connected } = test;
        await landCustomers(connected, [1, "Ada", "2025-01-01"]);
        await landOrders(connected, { id: 1 }, { id: 2 });
        await build(connected);
        for (const sql of [
            "create view public.big_orders as select order_id from warehouse.fct_orders where amount > 5",
            "create index fct_orders_by_hand on warehouse.fct_orders (amount) where amount > 5",
            "comment on table warehouse.fct_orders is 'ours now'",
            "comment on column warehouse.fct_orders.amount is 'in euros'",
            "create role accountant",
            "grant select on warehouse.fct_orders to accountant",
            "create table public.remark (order_id int references warehouse.fct_orders, text text)",
            "insert into public.remark values (1, 'nice')",
            "create table public.journal (order_id int, what text)",
            `create function public.note() returns trigger language plpgsql as
                'begin insert into public.journal values (coalesce(new.order_id, old.order_id), tg_op); return null; end'`,
            "create trigger journal after insert or update or delete on warehouse.fct_orders for each row execute function public.note()",
            "alter table warehouse.fct_orders alter column amount set statistics 500",
        ]) {
            await connected.query(sql);
        }
        const look = async (): Promise<unknown> => {
            const { rows } = await connected.query(
                `select
                    relation.oid, relation.relacl, obj_description(relation.oid, 'pg_class') as comment,
                    col_description(relation.oid, 5) as column_comment,
                    (select attstattarget from pg_attribute where attrelid = relation.oid and attname = 'amount') as statistics,
                    (select string_agg(pg_get_indexdef(indexrelid), ';' order by indexrelid) from pg_index where indrelid = relation.oid) as indexes,
                    (select string_agg(conname, ';' order by conname) from pg_constraint where conrelid = relation.oid or confrelid = relation.oid) as constraints,
                    (select string_agg(tgname, ';' order by tgname) from pg_trigger where tgrelid = relation.oid and not tgisinternal) as triggers
                from pg_class as relation
                where relation.oid = 'warehouse.fct_orders'::regclass`,
            );
            return rows[0];
        };
        const before = await look();
        expect(before).toMatchObject({
            comment: "ours now",
            column_comment: "in euros",
            statistics: 500,
            triggers: "journal",
        });

        await landOrders(connected, { id: 1, amount: "11", modifiedAt: "2025-01-02" });
        await build(connected);
        expect(await look()).toEqual(before);
        await landOrders(connected, { id: 3, modifiedAt: "2025-01-03" });
        await build(connected);
        expect(await look()).toEqual(before);
        await connected.query("delete from staging.orders where id = 2");
        const refreshed = await build(connected, { fullRefresh: true, acceptSourceShrink: true });
        expect(changesOf(refreshed).fct_orders).toBe("all: +0 ~0 -1 =2");
        expect(await look()).toEqual(before);

        expect(await rowsOf(connected, "select * from public.big_orders order by 1")).toEqual([["1"], ["3"]]);
        expect(await rowsOf(connected, "select * from public.remark")).toEqual([["1", "nice"]]);
        // One entry for each row that really changed.
        expect(await rowsOf(connected, "select * from public.journal")).toEqual([
            ["1", "UPDATE"],
            ["3", "INSERT"],
            ["2", "DELETE"],
        ]);
    });

    it("can keep a row from being deleted: the model fails then and says why, nothing is lost", async () => {
        const { connected } = test;
        await connected.query("delete from staging.orders where id = 1");
        const failed = await build(connected, { acceptSourceShrink: true });
        expect(failed.models.find(({ modelName }) => modelName === "fct_orders")).toMatchObject({
            status: "failed",
            message:
                'update or delete on table "fct_orders" violates foreign key constraint "remark_order_id_fkey" on table "remark" ' +
                '(Key (order_id)=(1) is still referenced from table "remark".)',
        });
        expect(await rowsOf(connected, "select order_id from warehouse.fct_orders order by 1")).toEqual([["1"], ["3"]]);
        await connected.query("drop table public.remark");
        const repaired = await build(connected, { acceptSourceShrink: true });
        expect([repaired.status, changesOf(repaired).fct_orders]).toEqual(["ok", "all: +0 ~0 -1 =1"]);
        await connected.query("drop owned by accountant");
        await connected.query("drop role accountant");
    });
});

describeOnServer("a reader during a full refresh", { template: "small" }, (test) => {
    beforeEach(() => emptySmallWarehouse(test.connected));

    it("is never blocked, and sees the old rows until the new ones are published", async () => {
        const { connected } = test;
        await landOrders(connected, { id: 1 }, { id: 2 });
        await build(connected);
        await connected.query("update staging.orders set amount = '77'");
        const amounts = "select order_id, amount from warehouse.fct_orders order by 1";
        const old = [
            ["1", "10"],
            ["2", "10"],
        ];
        const fresh = old.map(([id]) => [id, "77"]);
        await openDatabase(test.settings, async (other) => {
            let refresh: ReturnType<typeof build> | undefined;
            await other.withTransaction(async (reader) => {
                await reader.query("set local lock_timeout = '1s'");
                expect((await reader.queryText(amounts)).rows).toEqual(old);
                // The refresh cannot publish while this lock is held.
                await reader.query("lock table ops.source_cursor in share mode");
                const written = new Promise<void>((resolve, reject) => {
                    refresh = build(connected, {
                        select: ["fct_orders"],
                        fullRefresh: true,
                        onEvent: ({ type }) => {
                            if (type === "model-written") {
                                resolve();
                            }
                        },
                    });
                    refresh.catch(reject);
                });
                await written;
                expect((await reader.queryText(amounts)).rows).toEqual(old);
                expect((await reader.queryText("select count(*) from warehouse.paid_orders")).rows).toEqual([["2"]]);
            });
            expect((await refresh)?.status).toBe("ok");
            expect(await rowsOf(other, amounts)).toEqual(fresh);
        });
    });
});
