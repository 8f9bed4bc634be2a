/** Hand-written mappings of the webshop, from before they were derived: by model, upstream name → SELECT of affected entities over `changed`. */
export const mappingsByHand: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    int_events: {
        event: "select id from changed where id is not null",
        // An order that arrives, or changes its customer, moves its PLACED_ORDER events. They are all here, those that wait included.
        int_orders:
            "select event_id from prep.int_events where order_id = any(array(select order_id from changed)) and event_type = 'PLACED_ORDER'",
    },
    int_order_items: {
        orderitem: "select id from changed where id is not null",
    },
    int_orders: {
        orders: "select id from changed where id is not null",
    },
    dim_customer: {
        customer: "select id from changed where id is not null",
        // A customer can be mentioned for the first time, or no longer.
        int_orders: "select customer_id from changed where customer_id is not null",
        int_events: "select customer_id from changed where customer_id is not null",
    },
    dim_date: {
        // The days from 2020 to 2034 are there whatever happens.
        int_orders: `
            select prep.date_key(milestone.reached_at::date)
            from changed
            cross join lateral (values (placed_at), (paid_at), (shipped_at)) as milestone (reached_at)
            where milestone.reached_at < timestamp '2020-01-01' or milestone.reached_at >= timestamp '2035-01-01'
        `,
        // An event can start a session, or keep one within the next 30 minutes from being a start.
        int_events: `
            select prep.date_key(moment.at::date)
            from changed
            cross join lateral (values (occurred_at), (occurred_at + interval '30 minutes')) as moment (at)
            where moment.at < timestamp '2020-01-01' or moment.at >= timestamp '2035-01-01'
        `,
    },
    dim_product: {
        product: "select id from changed where id is not null",
        int_order_items: "select product_id from changed where product_id is not null",
    },
    fct_order_items: {
        // A line that moves from one order to another changes both: `changed` holds it before and after.
        int_order_items: "select order_id from changed where order_id is not null",
        fct_orders: "select order_id from changed",
        dim_product: `
            select lines.order_id
            from (
                -- A product version that is the same before and after, but for its end, changes nothing up to the earlier end.
                select
                    product_id,
                    case when count(*) = 1 then min(valid_from) else min(valid_to) end as changed_from,
                    max(valid_to) as changed_to
                from changed
                group by product_id, product_key, price, discount_percent
            ) as spans
            cross join lateral (
                select
                    order_items.order_id,
                    (select orders.placed_at from prep.int_orders as orders where orders.order_id = order_items.order_id)
                        as placed_at
                from prep.int_order_items as order_items
                where order_items.product_id = spans.product_id
                -- Keeps PostgreSQL from reading all lines at once: product by product, by index.
                offset 0
            ) as lines
            where lines.placed_at >= spans.changed_from and lines.placed_at < spans.changed_to
                and spans.changed_from < spans.changed_to
        `,
    },
    fct_orders: {
        int_orders: "select order_id from changed",
        dim_customer:
            "select order_id from prep.int_orders where customer_id = any(array(select customer_id from changed))",
        dim_date: `
            select order_id
            from prep.int_orders
            where placed_at::date = any(array(select date_day from changed))
                or paid_at::date = any(array(select date_day from changed))
                or shipped_at::date = any(array(select date_day from changed))
        `,
    },
    fct_sessions: {
        // An event that moves from one customer to another changes both: `changed` holds it before and after.
        int_events: "select customer_id from changed where customer_id is not null",
        dim_customer: "select customer_id from changed where customer_id is not null",
        dim_date: `
            select customer_id
            from prep.int_events
            where customer_id is not null and occurred_at::date = any(array(select date_day from changed))
        `,
    },
    mart_last_session_carts: {
        fct_sessions: "select customer_id from changed",
        int_events: "select customer_id from changed where customer_id is not null",
        dim_customer: "select customer_id from changed where customer_id is not null",
        dim_product: `
            select affected.customer_id
            from (
                -- A product version that is the same before and after, but for its end, changes nothing up to the earlier end.
                select
                    product_id,
                    case when count(*) = 1 then min(valid_from) else min(valid_to) end as changed_from,
                    max(valid_to) as changed_to
                from changed
                group by product_id, product_key, price, discount_percent
            ) as spans
            cross join lateral (
                select events.customer_id
                from prep.int_events as events
                where events.product_id = spans.product_id
                    and events.occurred_at >= spans.changed_from
                    and events.occurred_at < spans.changed_to
                    and events.event_type = 'ADD_PRODUCT_TO_CART'
                    and events.customer_id is not null
                -- Keeps PostgreSQL from reading all events at once: span by span, by index.
                offset 0
            ) as affected
            where spans.changed_from < spans.changed_to
        `,
    },
    mart_weekly_discounts: {
        fct_order_items:
            "select week_start from warehouse.dim_date where date_key = any(array(select placed_date_key from changed)) and week_start is not null",
        dim_date: "select week_start from changed where week_start is not null",
    },
    mart_weekly_fulfilment: {
        fct_orders:
            "select week_start from warehouse.dim_date where date_key = any(array(select placed_date_key from changed)) and week_start is not null",
        dim_date: "select week_start from changed where week_start is not null",
    },
};

/** Without a hand-written mapping, takes the columns of the same name as entities. */
export function mappingByHand(modelName: string, upstreamName: string, entityKey: readonly string[]): string {
    return mappingsByHand[modelName]?.[upstreamName] ?? `select ${entityKey.join(", ")} from changed`;
}
