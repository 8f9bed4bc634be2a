import { beforeAll, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { planMigrations, runMigrations, type MigrationParameters } from "../../src/warehouse/migrations.js";
import { build, landCustomers, landOrders } from "../engine/small-builds.js";
import { smallProject } from "../engine/small-warehouse.js";
import { describeOnServer } from "../setup/databases.js";
import { makeProject, migrateTo, sourceSchema, type TestProject } from "../setup/models.js";

const select = smallProject.models
    .find(({ name }) => name === "dim_customer")
    ?.select.replace(
        "select customer_id, name, modified_at as valid_from",
        "select customer_id, name, length(name) as name_length, modified_at as valid_from",
    );

/** One column more than before. */
const changed: TestProject = {
    ...smallProject,
    models: smallProject.models.map((model) =>
        model.name === "dim_customer" && select !== undefined ? { ...model, select } : model,
    ),
};

interface Seen {
    readonly rows: number;
    readonly names: number;
    readonly reported: number;
    readonly oid: string;
    readonly grants: string;
}

describeOnServer("a reader of a built warehouse, every 10 ms", { template: "small" }, (test) => {
    beforeAll(async () => {
        const { connected } = test;
        await landCustomers(connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-01"]);
        await landOrders(connected, { id: 1 }, { id: 2, customer: 2, amount: "20" });
        await build(connected);
        await connected.query("create schema reports");
        await connected.query("create view reports.customers as select * from warehouse.dim_customer");
        await connected.query("grant select on warehouse.dim_customer to pg_monitor");
        await connected.query("create table reports.note (customer_id int references marts.mart_customers)");
    });

    it("misses no table, column or row while a column is planned, added, built and taken back", async () => {
        const before = await look(test.connected);
        expect(before).toMatchObject({ rows: 2, names: 2, reported: 2 });
        const stopReading = poll(() => look(test.connected));
        const { models } = await planMigrations(test.connected, { project: makeProject(changed), sourceSchema });
        expect(models[0]?.foreign).toEqual(["grant select to pg_monitor", "view reports.customers"]);
        await migrateTo(test.connected, changed);
        const count = "select count(name_length)::int as count from warehouse.dim_customer";
        expect((await test.connected.query(count)).rows).toEqual([{ count: 0 }]);
        expect((await build(test.connected)).status).toBe("ok");
        expect((await test.connected.query(count)).rows).toEqual([{ count: 2 }]);
        await migrateTo(test.connected, smallProject);
        expect((await build(test.connected)).status).toBe("ok");
        const seen = await stopReading();
        expect(seen.length).toBeGreaterThan(10);
        expect(seen.filter((each) => JSON.stringify(each) !== JSON.stringify(before))).toEqual([]);
    });

    it("keeps nobody waiting for a plan that adds columns, and begins a migration again that would", async () => {
        const { connected } = test;
        const withTest = (expression: string): TestProject => ({
            ...changed,
            models: changed.models.map((model) =>
                model.name === "dim_customer"
                    ? {
                          ...model,
                          indexes: [["name_length"]],
                          tests: [{ kind: "expression", name: "has_name", expression }],
                      }
                    : model,
            ),
        });
        const reader = new AbortController();
        const holding = new AbortController();
        const reading = connected.withTransaction(async (connection) => {
            await connection.query("select from warehouse.dim_customer");
            holding.abort();
            // Only plans come to an end until then.
            await aborted(reader.signal);
        });
        const parametersOf = (expression: string): MigrationParameters => ({
            project: makeProject(withTest(expression)),
            sourceSchema,
        });
        await aborted(holding.signal);
        const { models } = await planMigrations(connected, parametersOf("name_length > 0"));
        expect(models[0]?.columns).toMatchObject([{ name: "name_length", kind: "added" }]);
        await expect(planMigrations(connected, parametersOf("name_lenth > 0"))).rejects.toThrow(
            'The data test "dim_customer.has_name" cannot be asked: Column "name_lenth" does not exist.',
        );
        let attempts = 0;
        const onBackend = (): void => {
            attempts += 1;
            if (attempts === 2) {
                reader.abort();
            }
        };
        await runMigrations(connected, { ...parametersOf("name_length > 0"), onBackend });
        await reading;
        expect(attempts).toBeGreaterThan(1);
        await migrateTo(connected, smallProject);
        expect((await build(connected)).status).toBe("ok");
    });

    it("misses no table or row while a column is retyped, dropped and renamed, and comes back", async () => {
        const load = async (): Promise<object> => {
            const { rows } = await test.connected.query<object>(
                `select count(*)::int as rows, count(customer_id)::int as customers, 'warehouse.fct_orders'::regclass::oid::text as oid
                from warehouse.fct_orders`,
            );
            return rows[0] ?? {};
        };
        const before = await load();
        expect(before).toMatchObject({ rows: 2, customers: 2 });
        const stopReading = poll(load);
        for (const [from, to, columns] of [
            ["latest.amount", "latest.amount::float8 as amount", {}],
            ["customer.name as customer_name, ", "", {}],
            ["latest.status", "latest.status as state", { state: { renamedFrom: "status" } }],
        ] as const) {
            const retold: TestProject = {
                ...smallProject,
                models: smallProject.models.map((model) => {
                    const paid = model.select.replace("status = 'PAID'", "state = 'PAID'");
                    return model.name === "fct_orders"
                        ? { ...model, select: replaceLast(model.select, from, to), columns, tests: [] }
                        : model.name === "paid_orders" && to.endsWith("state")
                          ? { ...model, select: paid }
                          : model;
                }),
            };
            await migrateTo(test.connected, retold);
            expect((await build(test.connected)).status).toBe("ok");
            await migrateTo(test.connected, smallProject);
            expect((await build(test.connected)).status).toBe("ok");
        }
        const seen = await stopReading();
        expect(seen.length).toBeGreaterThan(10);
        expect(seen.filter((each) => JSON.stringify(each) !== JSON.stringify(before))).toEqual([]);
    });
});

function aborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal.aborted) {
            resolve();
        }
        signal.addEventListener("abort", () => {
            resolve();
        });
    });
}

function replaceLast(text: string, from: string, to: string): string {
    const start = text.lastIndexOf(from);
    return `${text.slice(0, start)}${to}${text.slice(start + from.length)}`;
}

/** Reads every 10 ms; the returned function stops that and returns what was read. */
function poll<Seeing>(load: () => Promise<Seeing>): () => Promise<readonly Seeing[]> {
    const seen: Seeing[] = [];
    const stopping = new AbortController();
    const reading = (async () => {
        while (!stopping.signal.aborted) {
            seen.push(await load());
            await new Promise((resolve) => {
                setTimeout(resolve, 10);
            });
        }
    })();
    return async () => {
        stopping.abort();
        await reading;
        return seen;
    };
}

async function look(database: Database): Promise<Seen> {
    const { rows } = await database.query<Seen>(
        `select
            count(*)::int as rows, count(name)::int as names, (select count(*)::int from reports.customers) as reported,
            'warehouse.dim_customer'::regclass::oid::text as oid,
            (select relacl::text from pg_class where oid = 'warehouse.dim_customer'::regclass) as grants
        from warehouse.dim_customer`,
    );
    const [seen] = rows;
    if (seen === undefined) {
        throw new Error("a SELECT of counts gave no row");
    }
    return seen;
}
