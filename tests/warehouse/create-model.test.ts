import type { Knex } from "knex";
import { beforeAll, expect, it } from "vitest";
import type { TableModelDefinition, ViewModelDefinition } from "../../src/warehouse/definitions.js";
import { createModel, declareSource, dropModel } from "../../src/warehouse/index.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { migrate } from "../engine/migrate.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const stgOrder: ViewModelDefinition = {
    name: "stg_order",
    layer: "prep",
    materialisation: "view",
    description: "Versions of orders.",
    grain: "one row per version",
    select: "select id as order_id, status, amount::numeric(12, 2) as amount from {source_schema}.orders;",
    columns: [
        { name: "order_id", type: "int4", description: "It's the order." },
        { name: "status", type: "character varying(10)", description: "Status?" },
        { name: "amount", type: "numeric(12,2)", description: "C:\\amount" },
    ],
};

const fctOrders: TableModelDefinition = {
    name: "fct_orders",
    layer: "warehouse",
    materialisation: "table",
    description: "Orders.",
    grain: "one row per order",
    select: "select order_id, max(status)::text as status, sum(amount) as amount from prep.stg_order group by order_id",
    primaryKey: ["order_id"],
    entityKey: "order_id",
    columns: [
        { name: "order_id", type: "integer", description: "Order." },
        { name: "status", type: "text", notNull: true, description: "Status." },
        { name: "amount", type: "numeric", description: "Amount." },
    ],
    indexes: [["status", "amount"]],
    affectedBy: { orders: "select id from changed where id is not null" },
    tags: ["orders"],
    tests: [{ kind: "not_null", column: "status", description: "A status is never missing." }],
};

/** Reads `fct_orders` under the default mapping. */
const martOrders: TableModelDefinition = {
    ...fctOrders,
    name: "mart_orders",
    layer: "marts",
    select: "select order_id, status, amount from warehouse.fct_orders",
    affectedBy: {},
    tests: [],
    indexes: [],
};

describeOnBothDatabases("createModel", { template: "operations" }, (database) => {
    beforeAll(async () => {
        await migrate(database.connected, async (knex) => {
            await knex.raw(
                "create table staging.orders (id int, status varchar(10), amount float8, modified_at timestamp)",
            );
            await declareSource(knex, {
                name: "orders",
                description: "Orders.",
                key: "id",
                versionColumn: "modified_at",
                columns: [{ name: "id", type: "integer" }],
                freshness: { warnAfterHours: 24, errorAfterHours: 48 },
            });
            await createModel(knex, stgOrder);
            await createModel(knex, fctOrders);
        });
    });

    /** The error of a migration; whatever it made is rolled back. */
    async function refusalOf(up: (knex: Knex) => Promise<unknown>): Promise<{ message: string; hint?: string }> {
        try {
            await migrate(database.connected, async (knex) => {
                await up(knex);
                throw new Error("nothing was refused");
            });
        } catch (error) {
            const hint = error instanceof Error && "hint" in error ? error.hint : undefined;
            const message = error instanceof Error ? error.message : String(error);
            return typeof hint === "string" ? { message, hint } : { message };
        }
        throw new Error("the migration ended without an error");
    }

    it("makes a view with comments for a view model", async () => {
        const { rows } = await database.connected.query(
            `select attname as name, format_type(atttypid, atttypmod) as type, col_description(attrelid, attnum) as comment
            from pg_attribute where attrelid = 'prep.stg_order'::regclass and attnum > 0 order by attnum`,
        );
        expect(rows).toEqual([
            { name: "order_id", type: "integer", comment: "It's the order." },
            { name: "status", type: "character varying(10)", comment: "Status?" },
            { name: "amount", type: "numeric(12,2)", comment: "C:\\amount" },
        ]);
        const described = await database.connected.query(
            "select relkind, obj_description(oid, 'pg_class') as comment from pg_class where oid = 'prep.stg_order'::regclass",
        );
        expect(described.rows).toEqual([{ relkind: "v", comment: "Versions of orders. Grain: one row per version." }]);
    });

    it("makes a table with key, not-nulls, indexes and comments, and a view of its SELECT, for a table model", async () => {
        const { rows: columns } = await database.connected.query(
            `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as is_not_null, col_description(attrelid, attnum) as comment
            from pg_attribute where attrelid = 'warehouse.fct_orders'::regclass and attnum > 0 order by attnum`,
        );
        expect(columns).toEqual([
            { name: "order_id", type: "integer", is_not_null: true, comment: "Order." },
            { name: "status", type: "text", is_not_null: true, comment: "Status." },
            { name: "amount", type: "numeric", is_not_null: false, comment: "Amount." },
        ]);
        const { rows: indexes } = await database.connected.query(
            "select pg_get_indexdef(indexrelid) as definition from pg_index where indrelid = 'warehouse.fct_orders'::regclass order by 1",
        );
        expect(indexes).toEqual([
            {
                definition:
                    "CREATE INDEX fct_orders_status_amount_idx ON warehouse.fct_orders USING btree (status, amount)",
            },
            {
                definition: "CREATE UNIQUE INDEX fct_orders_order_id_pk ON warehouse.fct_orders USING btree (order_id)",
            },
        ]);
        const { rows: relations } = await database.connected.query(
            `select oid::regclass::text as name, relkind, obj_description(oid, 'pg_class') as comment
            from pg_class where relname like 'fct\\_orders%' and relkind in ('r', 'v') order by 1`,
        );
        expect(relations).toEqual([
            { name: "prep.fct_orders__select", relkind: "v", comment: "The SELECT of warehouse.fct_orders." },
            { name: "warehouse.fct_orders", relkind: "r", comment: "Orders. Grain: one row per order." },
        ]);
    });

    it("enters source, models, tests and lineage in the registry", async () => {
        const registry = await loadRegistry(database.connected);
        expect(registry).toEqual({
            sources: [
                {
                    name: "orders",
                    schema: "staging",
                    description: "Orders.",
                    keyColumn: "id",
                    versionColumn: "modified_at",
                    loadCursorColumn: null,
                    columns: [{ name: "id", type: "integer" }],
                    warnAfterHours: 24,
                    errorAfterHours: 48,
                },
            ],
            models: [
                {
                    name: "fct_orders",
                    layer: "warehouse",
                    materialisation: "table",
                    description: "Orders.",
                    grain: "one row per order",
                    tags: ["orders"],
                    selectView: "fct_orders__select",
                    primaryKey: ["order_id"],
                    entityKey: "order_id",
                    affectedBy: { orders: "select id from changed where id is not null" },
                },
                {
                    name: "stg_order",
                    layer: "prep",
                    materialisation: "view",
                    description: "Versions of orders.",
                    grain: "one row per version",
                    tags: [],
                    selectView: null,
                    primaryKey: [],
                    entityKey: null,
                    affectedBy: {},
                },
            ],
            tests: [
                {
                    name: "fct_orders.not_null.status",
                    modelName: "fct_orders",
                    kind: "not_null",
                    columns: ["status"],
                    severity: "error",
                    maxFailures: 0,
                    description: "A status is never missing.",
                    refersTo: null,
                    refersToColumn: null,
                    isPerEntity: true,
                    failingRowsSql: 'select * from "warehouse"."fct_orders" where "status" is null',
                },
            ],
            damages: [],
            edges: [
                { modelName: "fct_orders", upstreamName: "stg_order", upstreamKind: "model" },
                { modelName: "stg_order", upstreamName: "orders", upstreamKind: "source" },
            ],
        });
    });

    it("needs no mapping for an upstream table that has the entity key", async () => {
        await migrate(database.connected, async (knex) => {
            await createModel(knex, martOrders);
            await dropModel(knex, "mart_orders");
        });
    });

    const contracts: [name: string, columns: TableModelDefinition["columns"], message: string][] = [
        [
            "another type",
            fctOrders.columns.with(2, { name: "amount", type: "float8", description: "" }),
            'The SELECT of "fct_orders" does not keep its contract: column 3 is amount numeric, declared amount double precision.',
        ],
        [
            "another name",
            fctOrders.columns.with(1, { name: "state", type: "text", description: "" }),
            'The SELECT of "fct_orders" does not keep its contract: column 2 is status text, declared state text.',
        ],
        [
            "another order",
            [...fctOrders.columns].reverse(),
            'The SELECT of "fct_orders" does not keep its contract: column 1 is order_id integer, declared amount numeric.',
        ],
        [
            "a column too many",
            [...fctOrders.columns, { name: "paid_at", type: "timestamp", description: "" }],
            'The SELECT of "fct_orders" does not keep its contract: column 4 is missing, declared paid_at timestamp without time zone.',
        ],
        [
            "a column too few",
            fctOrders.columns.slice(0, 2),
            'The SELECT of "fct_orders" does not keep its contract: column 3 is amount numeric, declared nowhere.',
        ],
    ];

    it.each(contracts)("refuses a contract with %s", async (_name, columns, message) => {
        expect(
            await refusalOf(async (knex) => {
                await dropModel(knex, "fct_orders");
                await createModel(knex, { ...fctOrders, columns });
            }),
        ).toEqual({ message, hint: "Cast or rename in the SELECT, or change the declared columns." });
    });

    it("refuses a type that PostgreSQL does not know", async () => {
        const columns = fctOrders.columns.with(2, { name: "amount", type: "money_bag", description: "" });
        const { message } = await refusalOf((knex) => createModel(knex, { ...fctOrders, name: "fct_other", columns }));
        expect(message).toMatch(/type "money_bag" does not exist$/);
    });

    it("refuses a SELECT that PostgreSQL does not accept, without repeating it", async () => {
        const { message } = await refusalOf((knex) =>
            createModel(knex, {
                ...fctOrders,
                name: "fct_other",
                select: "select colour, '?' as mark from prep.stg_order",
            }),
        );
        expect(message).toBe(
            'The SELECT of "fct_other" is none that PostgreSQL accepts: column "colour" does not exist.',
        );
    });

    it("refuses a table model that does not say what new rows of a source affect", async () => {
        expect(
            await refusalOf((knex) =>
                createModel(knex, { ...fctOrders, name: "fct_other", tests: [], affectedBy: {} }),
            ),
        ).toEqual({
            message: '"fct_other" reads the source "orders" but does not say which order_id its new rows affect.',
            hint: 'Add affectedBy: { orders: "select … from changed" }.',
        });
    });

    it("refuses a mapping from something that the model does not read", async () => {
        const affectedBy = { ...fctOrders.affectedBy, dim_product: "select 1" };
        expect(
            await refusalOf((knex) => createModel(knex, { ...fctOrders, name: "fct_other", tests: [], affectedBy })),
        ).toEqual({
            message: '"fct_other" declares what changes in "dim_product" affect, but does not read it.',
            hint: "It reads orders.",
        });
    });

    it("refuses a mapping that PostgreSQL cannot plan", async () => {
        const affectedBy = { orders: "select order_number from changed" };
        const { message } = await refusalOf((knex) =>
            createModel(knex, { ...fctOrders, name: "fct_other", tests: [], affectedBy }),
        );
        expect(message).toBe(
            'The mapping of changes in "orders" to order_id of "fct_other" is not a SELECT that PostgreSQL accepts: column "order_number" does not exist.',
        );
    });

    it("refuses a table without a column of the entity key where no mapping is declared", async () => {
        const { message } = await refusalOf((knex) =>
            createModel(knex, {
                ...martOrders,
                select: "select status, count(*)::int as order_count from warehouse.fct_orders group by status",
                primaryKey: ["status"],
                entityKey: "order_count",
                columns: [
                    { name: "status", type: "text", description: "" },
                    { name: "order_count", type: "integer", description: "" },
                ],
            }),
        );
        expect(message).toMatch(
            /^The mapping of changes in "fct_orders" to order_count of "mart_orders" is not a SELECT that PostgreSQL accepts: /,
        );
    });

    it("refuses a test that PostgreSQL cannot plan, or that refers to no model", async () => {
        const broken = await refusalOf((knex) =>
            createModel(knex, {
                ...martOrders,
                tests: [{ kind: "expression", name: "any", expression: "colour = 'red'" }],
            }),
        );
        expect(broken.message).toBe(
            'The test "mart_orders.any" is not a SELECT that PostgreSQL accepts: column "colour" does not exist.',
        );
        expect(
            await refusalOf((knex) =>
                createModel(knex, {
                    ...martOrders,
                    tests: [{ kind: "relationships", column: "order_id", to: "dim_order", toColumn: "order_id" }],
                }),
            ),
        ).toEqual({ message: 'A test of "mart_orders" refers to "dim_order", which is no model.' });
    });

    it("refuses names that PostgreSQL would change", async () => {
        expect(await refusalOf((knex) => createModel(knex, { ...martOrders, name: "MartOrders" }))).toEqual({
            message: 'Model "MartOrders" must be lower snake case: letters, digits and underscores.',
        });
    });

    it("makes models with names of 63 bytes, whose derived names stay apart", async () => {
        const names = [`mart_${"x".repeat(57)}1`, `mart_${"x".repeat(57)}2`];
        await migrate(database.connected, async (knex) => {
            for (const name of names) {
                await createModel(knex, { ...martOrders, name, indexes: [["status"]] });
            }
        });
        const { rows } = await database.connected.query<{ name: string }>(
            "select relname as name from pg_class where relname like 'mart_xx%' order by 1",
        );
        expect(rows.map(({ name }) => name)).toHaveLength(8);
        expect(rows.map(({ name }) => name.length)).toEqual(rows.map(() => 63));
        expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
        await migrate(database.connected, async (knex) => {
            for (const name of names) {
                await dropModel(knex, name);
            }
        });
        expect((await loadRegistry(database.connected)).models.map(({ name }) => name)).toEqual([
            "fct_orders",
            "stg_order",
        ]);
    });

    it("refuses models that read each other in a circle, with the path", async () => {
        const view = (name: string, reads: string): ViewModelDefinition => ({
            name,
            layer: "prep",
            materialisation: "view",
            description: name,
            grain: "one row",
            select: `select order_id from ${reads}`,
            columns: [{ name: "order_id", type: "integer", description: "" }],
        });
        expect(
            await refusalOf(async (knex) => {
                await createModel(knex, view("one", "prep.stg_order"));
                await createModel(knex, view("two", "prep.one"));
                // Only somebody who replaces a view by hand can close a circle.
                await knex.raw("create or replace view prep.one as select order_id from warehouse.fct_orders");
                await knex.raw(
                    "create or replace view prep.fct_orders__select as select order_id, null::text as status, null::numeric as amount from prep.two",
                );
                await createModel(knex, view("three", "prep.two"));
            }),
        ).toEqual({
            message: "The models read each other in a circle: fct_orders → two → one → fct_orders.",
            hint: "Move what both need into a model of its own.",
        });
    });

    it("takes a question mark and a closing semicolon in SQL for what they are", async () => {
        await migrate(database.connected, async (knex) => {
            await createModel(knex, {
                ...martOrders,
                tests: [
                    {
                        kind: "singular",
                        name: "has_question_mark",
                        select: "select 1 from {source_schema}.orders where status = '?';",
                        severity: "warn",
                        maxFailures: 3,
                    },
                ],
            });
        });
        const { tests } = await loadRegistry(database.connected);
        expect(tests.find(({ modelName }) => modelName === "mart_orders")).toEqual({
            name: "mart_orders.has_question_mark",
            modelName: "mart_orders",
            kind: "singular",
            columns: [],
            severity: "warn",
            maxFailures: 3,
            description: "",
            refersTo: null,
            refersToColumn: null,
            isPerEntity: false,
            failingRowsSql: `select 1 from "staging".orders where status = '?'`,
        });
        await migrate(database.connected, (knex) => dropModel(knex, "mart_orders"));
    });

    it("drops a model with all that belongs to it, and refuses one that another reads", async () => {
        expect((await refusalOf((knex) => dropModel(knex, "stg_order"))).message).toMatch(
            /cannot drop view prep.stg_order because other objects depend on it/,
        );
        expect(await refusalOf((knex) => dropModel(knex, "stg_orders"))).toEqual({
            message: 'There is no model "stg_orders" to drop.',
        });
        await migrate(database.connected, async (knex) => {
            await dropModel(knex, "fct_orders");
            await dropModel(knex, "stg_order");
        });
        const { rows } = await database.connected.query(
            `select relname from pg_class where relnamespace in ('prep'::regnamespace, 'warehouse'::regnamespace, 'marts'::regnamespace)`,
        );
        expect(rows).toEqual([]);
        const { models, tests, edges } = await loadRegistry(database.connected);
        expect([models, tests, edges]).toEqual([[], [], []]);
    });
});
