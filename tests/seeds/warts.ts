/** A fault of the data that the demo carries, with the share of the rows (or ids) concerned. */
export interface Wart {
    readonly name: string;
    /** SQL expression: a share from 0 to 1. */
    readonly share: string;
    /** Bounds in per cent. */
    readonly least: number;
    readonly most: number;
}

const payload = `select type, event #>> '{}' as payload, json_typeof(event) as payload_type, id from staging.event`;

function shareOf(rows: string, condition: string): string {
    return `select avg((${condition})::integer) from (${rows}) as looked_at`;
}

/** A batch is one transaction, so `xmin` numbers the batches: a row is late when its batch brought younger ones. */
function lateRows(table: string): string {
    return shareOf(
        `select modified_at, max(modified_at::date) over (order by xmin::text::bigint) as newest_day from staging.${table}`,
        "modified_at::date < newest_day",
    );
}

function extraRows(table: string): string {
    return `select 1 - count(distinct landed::text)::numeric / count(*) from staging.${table} as landed`;
}

export const warts: readonly Wart[] = [
    {
        name: "customer ids in events without a customer row",
        share: shareOf(
            `select distinct (payload ->> 'customer-id')::integer as customer_id
            from (
                select (event #>> '{}')::json as payload
                from staging.event
                where (event #>> '{}') ~ '}$'
            ) as readable
            where payload ->> 'customer-id' is not null`,
            "not exists (select from staging.customer where customer.id = looked_at.customer_id)",
        ),
        least: 1,
        most: 5,
    },
    {
        name: "orders of customers without a row",
        share: shareOf(
            "select distinct id, customer from staging.orders where customer is not null",
            "not exists (select from staging.customer where customer.id = looked_at.customer)",
        ),
        least: 1,
        most: 5,
    },
    {
        name: "order lines of products without a row",
        share: shareOf(
            "select product from staging.orderitem where product is not null",
            "not exists (select from staging.product where product.id = looked_at.product)",
        ),
        least: 15,
        most: 30,
    },
    {
        name: "recorded prices of zero or less",
        share: shareOf("select price from staging.orderitem", "price <= 0"),
        least: 12,
        most: 20,
    },
    {
        name: "paid or shipped orders never seen as PLACED",
        share: shareOf(
            "select id, array_agg(status) as statuses from staging.orders group by id",
            "not 'PLACED' = any(statuses)",
        ),
        least: 50,
        most: 90,
    },
    {
        name: "orders never extracted whose lines are",
        share: shareOf(
            `select distinct "order" as order_id from staging.orderitem where "order" is not null`,
            "not exists (select from staging.orders where orders.id = looked_at.order_id)",
        ),
        least: 0.3,
        most: 3,
    },
    { name: "events landed twice", share: extraRows("event"), least: 0.5, most: 3 },
    { name: "orders landed twice", share: extraRows("orders"), least: 0.5, most: 5 },
    { name: "order lines landed twice", share: extraRows("orderitem"), least: 0.5, most: 5 },
    {
        name: "events that arrive late",
        share: lateRows("event"),
        least: 0.5,
        most: 3,
    },
    {
        name: "order rows that arrive late",
        share: lateRows("orders"),
        least: 0.5,
        most: 5,
    },
    {
        name: "orders without a customer id",
        share: shareOf("select customer from staging.orders", "customer is null"),
        least: 0.3,
        most: 2,
    },
    {
        name: "order lines without an order id",
        share: shareOf(`select "order" as order_id from staging.orderitem`, "order_id is null"),
        least: 0.2,
        most: 1.5,
    },
    {
        name: "order lines without a product id",
        share: shareOf("select product from staging.orderitem", "product is null"),
        least: 0.2,
        most: 1.5,
    },
    {
        name: "products without a brand id",
        share: shareOf("select brand from staging.product", "brand is null"),
        least: 0.3,
        most: 2.5,
    },
    {
        name: "payloads that are no JSON inside",
        share: shareOf(payload, "payload_type = 'string' and right(payload, 1) <> '}'"),
        least: 0.5,
        most: 1.5,
    },
    { name: "payloads that are objects", share: shareOf(payload, "payload_type = 'object'"), least: 0.5, most: 1.5 },
    { name: "payloads that are null", share: shareOf(payload, "payload_type = 'null'"), least: 0.02, most: 0.3 },
    {
        name: "additions to carts with ids as text",
        share: shareOf(`${payload} where type = 'ADD_PRODUCT_TO_CART'`, `payload ~ '"product": "[0-9]+"'`),
        least: 0.5,
        most: 1.5,
    },
    {
        name: "additions to carts of products that nobody knows",
        share: shareOf(`${payload} where type = 'ADD_PRODUCT_TO_CART'`, `payload ~ '"product": 900[0-9]{3}'`),
        least: 0.1,
        most: 1,
    },
    {
        name: "removals without a customer id",
        share: shareOf(`${payload} where type = 'REMOVE_PRODUCT_FROM_CART'`, `payload ~ '"customer-id": null'`),
        least: 75,
        most: 92,
    },
    {
        name: "page views without a customer id",
        share: shareOf(`${payload} where type = 'PAGE_VIEW'`, `payload ~ '"customer-id": null'`),
        least: 75,
        most: 92,
    },
    {
        name: "customers with more than one version",
        share: shareOf(
            "select id, count(distinct modified_at) as versions from staging.customer group by id",
            "versions > 1",
        ),
        least: 15,
        most: 60,
    },
    {
        name: "products with more than one version",
        share: shareOf(
            "select id, count(distinct modified_at) as versions from staging.product group by id",
            "versions > 1",
        ),
        least: 70,
        most: 100,
    },
];
