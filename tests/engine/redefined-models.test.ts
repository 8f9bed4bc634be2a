import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Database } from "../../src/database/database.js";
import { makeGraph } from "../../src/engine/graph.js";
import { selectModels } from "../../src/engine/select.js";
import { loadSelectionState } from "../../src/engine/selection-state.js";
import { verifyModels } from "../../src/engine/verify.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { effortOn } from "../properties/build.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { searchTimeoutMs } from "../setup/effort.js";
import { migrateTo } from "../setup/models.js";
import { build, changesOf, landCustomers, landOrders, modelOf, rowsOf } from "./small-builds.js";
import { createSmallWarehouse, smallProject } from "./small-warehouse.js";

/** `prep.shown_name` is read by a view two steps below `dim_customer`. */
async function createWarehouse(database: Database): Promise<void> {
    await createSmallWarehouse(database);
    await database.query(
        "create function prep.shown_name(name text) returns text language sql immutable as 'select name'",
    );
    const select = `select distinct on (id, modified_at) id as customer_id, prep.shown_name(name) as name, modified_at
        from staging.customer where id is not null order by id, modified_at, name`;
    await migrateTo(database, {
        ...smallProject,
        models: [
            ...smallProject.models.map((model) => (model.name === "stg_customer" ? { ...model, select } : model)),
            {
                name: "large_orders",
                layer: "warehouse",
                select: "select order_id, customer_id, amount from warehouse.paid_orders where amount > 10",
            },
            {
                name: "mart_large",
                layer: "marts",
                select: "select customer_id, sum(amount) as total from warehouse.large_orders where customer_id is not null group by customer_id",
                primaryKey: ["customer_id"],
            },
        ],
    });
}

/** Several ways to change a definition. */
const changes: Readonly<Record<string, (variant: number) => string>> = {
    function: (variant) =>
        `create or replace function prep.shown_name(name text) returns text language sql immutable as 'select name || ${variant}'`,
    "view two steps up": (variant) =>
        `create or replace view warehouse.paid_orders as
        select order_id, customer_id, amount from warehouse.fct_orders where status = 'PAID' and order_id > ${variant}`,
    SELECT: (variant) =>
        `create or replace view prep.mart_customers__select as
        select customer_id, count(*)::int + ${variant} as order_count, sum(amount) as total
        from warehouse.paid_orders where customer_id is not null group by customer_id`,
};

describeOnBothDatabases("a model of another definition than it was built from", (database) => {
    beforeAll(async () => {
        await createWarehouse(database.connected);
        await landCustomers(database.connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(database.connected, { id: 1 }, { id: 2, customer: 2, amount: "20" });
        await build(database.connected);
    });

    const change = (what: string, variant: number): Promise<unknown> =>
        database.connected.query(changes[what]?.(variant) ?? "");
    const select = async (selector: string): Promise<readonly string[]> => {
        const graph = makeGraph(await loadRegistry(database.connected));
        return selectModels(graph, [selector], [], await loadSelectionState(database.connected, graph, [selector]));
    };

    test("is neither stale nor modified as long as nothing changes", async () => {
        expect(await select("state:modified")).toEqual([]);
        expect(await select("state:stale")).toEqual([]);
        expect(changesOf(await build(database.connected))).toEqual({});
    });

    test.each([
        {
            what: "function",
            modified: { dim_customer: "the function prep.shown_name(text), which it reads, has changed" },
        },
        {
            what: "view two steps up",
            modified: {
                mart_customers: "warehouse.paid_orders, which it reads, has changed",
                mart_large: "warehouse.paid_orders, which it reads, has changed",
            },
        },
        { what: "SELECT", modified: { mart_customers: "its SELECT has changed" } },
    ])(
        "is rebuilt whole after its $what has changed, and what is made from it by entities",
        async ({ what, modified }) => {
            await change(what, 7);
            expect(await select("state:modified")).toEqual(Object.keys(modified));
            const summary = await build(database.connected);
            for (const [name, reason] of Object.entries(modified)) {
                const scope = modelOf(summary, name).scope;
                expect(scope).toEqual({ kind: "all", reason });
            }
            expect(await select("state:modified")).toEqual([]);
            expect(
                (await verifyModels(database.connected, { select: [], exclude: [], onResult: () => undefined })).map(
                    ({ status }) => status,
                ),
            ).not.toContain("differs");
        },
    );

    test(
        "has after any changes and builds what a full refresh gives",
        async () => {
            const step = fc.record({
                what: fc.constantFrom("nothing", ...Object.keys(changes)),
                variant: fc.integer({ min: 0, max: 2 }),
                landed: fc.array(
                    fc.record({ id: fc.integer({ min: 1, max: 4 }), customer: fc.integer({ min: 1, max: 2 }) }),
                    { maxLength: 2 },
                ),
                built: fc.constantFrom<readonly string[]>(["dim_customer"], ["mart_customers"], ["state:modified"], []),
            });
            let day = 0;
            await fc.assert(
                fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
                    for (const { what, variant, landed, built } of steps) {
                        if (what !== "nothing") {
                            await change(what, variant);
                        }
                        day++;
                        const modifiedAt = new Date(Date.UTC(2025, 1, 1) + day * 86_400_000).toISOString().slice(0, 10);
                        await landOrders(database.connected, ...landed.map((order) => ({ ...order, modifiedAt })));
                        await landCustomers(database.connected, [1, `Ada ${day}`, modifiedAt]);
                        if (built.length === 0 || (await select(built[0] ?? "")).length > 0) {
                            await build(database.connected, { select: built });
                        }
                    }
                    await build(database.connected);
                    expect(changesOf(await build(database.connected, { fullRefresh: true }))).toEqual(
                        Object.fromEntries(
                            (
                                await rowsOf(
                                    database.connected,
                                    "select model_name from ops.model where materialisation = 'table'",
                                )
                            ).map(([name]) => [name, expect.stringMatching(/^all: \+0 ~0 -0 /)]),
                        ),
                    );
                }),
                effortOn(database, { embedded: 2, server: 5 }),
            );
        },
        searchTimeoutMs,
    );
});
