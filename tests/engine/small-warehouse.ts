import type { Database } from "../../src/database/database.js";
import { migrateTo, type TestModel, type TestProject, type TestSource } from "../setup/models.js";

/**
 * A small warehouse with one of everything that a build must handle:
 *
 *     customer → stg_customer → dim_customer ─→ fct_orders → paid_orders (view) → mart_customers
 *     orders   → stg_order    ───────────────↗
 *     visit    → stg_visit    → fct_visits
 *
 * `dim_customer` keeps history under a composite key, an order can move from one customer to another,
 * `fct_visits` reads a source with a load cursor and is independent of the others.
 *
 * The template `small` contains it as made here.
 *
 * @param prepareLanding changes the landing tables before models read them
 */
export async function createSmallWarehouse(database: Database, prepareLanding: readonly string[] = []): Promise<void> {
    for (const statement of [...landingTables, ...prepareLanding]) {
        await database.query(statement);
    }
    await migrateTo(database, smallProject);
}

/** The table models of the small warehouse, in build order. */
export const smallTables = [
    "warehouse.dim_customer",
    "warehouse.fct_visits",
    "warehouse.fct_orders",
    "marts.mart_customers",
];

/** Keeps the models but removes all rows: landed rows, built rows and build state. */
export async function emptySmallWarehouse(database: Database): Promise<void> {
    const tables = [
        "staging.customer",
        "staging.orders",
        "staging.visit",
        ...smallTables,
        "ops.run",
        "ops.model_run",
        "ops.test_run",
        "ops.row_change",
        "ops.model_state",
        "ops.test_state",
        "ops.source_cursor",
        "ops.affected_entity",
        "ops.build_lock",
    ];
    await database.query(`truncate ${tables.join(", ")}`);
}

const landingTables = [
    "create schema if not exists staging",
    "create table staging.customer (name text, id int, created_at timestamp, modified_at timestamp)",
    "create table staging.orders (customer int, status text, amount text, id int, created_at timestamp, modified_at timestamp)",
    "create table staging.visit (page text, id int, modified_at timestamp, loaded_at timestamp)",
];

const versioned = [
    { name: "id", type: "integer" },
    { name: "modified_at", type: "timestamp without time zone" },
];

const sources: readonly TestSource[] = [
    { name: "customer", columns: versioned },
    { name: "orders", columns: versioned },
    {
        name: "visit",
        loadCursor: "loaded_at",
        columns: [...versioned, { name: "loaded_at", type: "timestamp without time zone" }],
    },
];

const usable = "coalesce(case when isfinite(modified_at) then modified_at end, created_at, timestamp '1900-01-01')";

const models: readonly TestModel[] = [
    {
        name: "stg_customer",
        layer: "prep",
        description: "Versions of customers.",
        grain: "one row per version of a customer",
        select: `select distinct on (id, ${usable}) id as customer_id, name, ${usable} as modified_at
            from {source_schema}.customer where id is not null
            order by id, ${usable} desc, name desc`,
        columns: {
            customer_id: { description: "Customer." },
            name: { description: "Name." },
            modified_at: { description: "When this version began." },
        },
        tests: [{ kind: "not_null", column: "name", severity: "warn" }],
        tags: ["customers"],
    },
    {
        name: "stg_order",
        layer: "prep",
        description: "Versions of orders.",
        grain: "one row per version of an order",
        select: `select distinct on (id, ${usable})
                id as order_id, customer as customer_id, status, amount::numeric as amount, ${usable} as modified_at
            from {source_schema}.orders where id is not null
            order by id, ${usable} desc, customer desc, status desc, amount desc`,
        columns: {
            order_id: { description: "Order." },
            customer_id: { description: "Customer." },
            status: { description: "Status." },
            amount: { description: "Amount; text that is no number makes the SELECT fail." },
            modified_at: { description: "When this version began." },
        },
        tags: ["orders"],
    },
    {
        name: "stg_visit",
        layer: "prep",
        description: "Visits.",
        grain: "one row per visit",
        select: `select distinct on (id) id as visit_id, page
            from {source_schema}.visit where id is not null order by id, modified_at desc, page`,
        columns: {
            visit_id: { description: "Visit." },
            page: { description: "Page." },
        },
    },
    {
        name: "dim_customer",
        layer: "warehouse",
        description: "Customers with their history.",
        grain: "one row per version of a customer",
        select: `with compared as (
                select customer_id, name, modified_at,
                    name is distinct from lag(name) over versions or row_number() over versions = 1 as is_change
                from prep.stg_customer
                window versions as (partition by customer_id order by modified_at)
            )
            select customer_id, name, modified_at as valid_from,
                coalesce(lead(modified_at) over versions, timestamp '9999-12-31') as valid_to,
                lead(modified_at) over versions is null as is_current
            from compared where is_change
            window versions as (partition by customer_id order by modified_at)`,
        primaryKey: ["customer_id", "valid_from"],
        entityKey: ["customer_id"],
        columns: {
            customer_id: { description: "Customer." },
            name: { description: "Name." },
            valid_from: { description: "From when it holds." },
            valid_to: { notNull: true, description: "Until when it holds." },
            is_current: { notNull: true, description: "Whether it is the last version." },
        },
        affectedBy: { customer: "select id from changed" },
        tests: [
            { kind: "unique", columns: ["customer_id", "valid_from"] },
            { kind: "scd2", naturalKey: "customer_id" },
        ],
        tags: ["customers"],
    },
    {
        name: "fct_orders",
        layer: "warehouse",
        description: "Orders as they stand.",
        grain: "one row per order",
        select: `with latest as (
                select distinct on (order_id) order_id, customer_id, status, amount
                from prep.stg_order order by order_id, modified_at desc
            )
            select latest.order_id, latest.customer_id, customer.name as customer_name, latest.status, latest.amount
            from latest
            left join warehouse.dim_customer as customer on customer.customer_id = latest.customer_id and customer.is_current`,
        primaryKey: ["order_id"],
        entityKey: ["order_id"],
        columns: {
            order_id: { description: "Order." },
            customer_id: { description: "Customer." },
            customer_name: { description: "Current name of the customer." },
            status: { description: "Status." },
            amount: { description: "Amount." },
        },
        indexes: [["customer_id"]],
        affectedBy: {
            orders: "select id from changed",
            dim_customer: "select order_id from prep.stg_order join changed using (customer_id)",
        },
        tests: [
            { kind: "not_null", column: "order_id" },
            { kind: "not_null", column: "amount", maxFailures: 1 },
            { kind: "accepted_values", column: "status", values: ["PLACED", "PAID"], severity: "warn" },
            { kind: "expression", name: "amount_is_positive", expression: "amount > 0" },
            {
                kind: "relationships",
                column: "customer_id",
                to: "dim_customer",
                toColumn: "customer_id",
                severity: "warn",
            },
        ],
        tags: ["orders"],
    },
    {
        name: "paid_orders",
        layer: "warehouse",
        description: "Paid orders.",
        grain: "one row per paid order",
        select: "select order_id, customer_id, amount from warehouse.fct_orders where status = 'PAID'",
        columns: {
            order_id: { description: "Order." },
            customer_id: { description: "Customer." },
            amount: { description: "Amount." },
        },
        tests: [
            { kind: "expression", name: "amount_is_round", expression: "amount = trunc(amount)", severity: "warn" },
        ],
    },
    {
        name: "mart_customers",
        layer: "marts",
        description: "What each customer has paid.",
        grain: "one row per customer",
        select: `select customer_id, count(*)::int as order_count, sum(amount) as total
            from warehouse.paid_orders where customer_id is not null group by customer_id`,
        primaryKey: ["customer_id"],
        entityKey: ["customer_id"],
        columns: {
            customer_id: { description: "Customer." },
            order_count: { notNull: true, description: "Orders." },
            total: { description: "Sum of amounts." },
        },
        tests: [{ kind: "expression", name: "total_is_small", expression: "total < 1000" }],
    },
    {
        name: "fct_visits",
        layer: "warehouse",
        description: "Visits.",
        grain: "one row per visit",
        select: "select visit_id, page from prep.stg_visit",
        primaryKey: ["visit_id"],
        entityKey: ["visit_id"],
        columns: {
            visit_id: { description: "Visit." },
            page: { description: "Page." },
        },
        affectedBy: { visit: "select id from changed" },
    },
];

/** The project as files would define it; tests change it and migrate again. */
export const smallProject = { sources, models } satisfies TestProject;
