-- Orders that changed on a day, as they stood at its end, and the order lines that came or changed with them.

create or replace function {source_schema}.stardeck_seed_orders(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.orders (customer, status, customer_address, id, created_at, modified_at)
    with
    -- An order is shipped and extracted within 25 days, bad luck included.
    changes as (
        select
            session.order_id,
            session.customer_id,
            session.placed_at,
            change.status,
            change.changed_at,
            {source_schema}.stardeck_hash(session.order_id, 5) as order_hash
        from {source_schema}.stardeck_seed_session as session
        cross join lateral (
            values
                ('PLACED', 1, session.placed_at, session.paid_at),
                ('PAID', 2, session.paid_at, session.shipped_at),
                ('SHIPPED', 3, session.shipped_at, null::timestamp)
        ) as change (status, step, changed_at, next_changed_at)
        where session.order_id is not null
            and session.session_day between on_day - 25 and on_day
            -- Only the last change of a day leaves a row.
            and (change.next_changed_at is null or change.next_changed_at::date > change.changed_at::date)
            and change.changed_at::date
                + {source_schema}.stardeck_days_late({source_schema}.stardeck_hash(session.order_id, 10 + change.step), change.changed_at::date - from_day) = on_day
    )

    select
        case when {source_schema}.stardeck_draw(order_hash, 20, 100) > 0 then customer_id end as customer,
        status,
        case when {source_schema}.stardeck_draw(order_hash, 21, 100) > 0 then customer_id end as customer_address,
        order_id as id,
        placed_at as created_at,
        changed_at as modified_at
    from changes
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day))
    -- One order in a hundred and twenty is never extracted, though its lines are.
    where {source_schema}.stardeck_draw(order_hash, 22, 120) > 0;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_orderitem(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.orderitem ("order", product, quantity, price, id, created_at, modified_at)
    with
    -- What is in the cart and was not removed from it; at most ten lines an order.
    lines as (
        select
            session.order_id,
            session.placed_at,
            session.order_id * 16 + slot as line_id,
            {source_schema}.stardeck_slot_product(session.session_hash, slot, {source_schema}.stardeck_product_count(session.session_day - from_day)) as product_id,
            {source_schema}.stardeck_hash(session.order_id * 16::bigint + slot, 20) as line_hash,
            session.placed_at + (slot + 1) * interval '10 milliseconds' as created_at
        from {source_schema}.stardeck_seed_session as session
        cross join lateral generate_series(0, session.slot_count - 1) as slot
        where session.order_id is not null
            and session.session_day between on_day - 6 and on_day
            and (slot + {source_schema}.stardeck_draw(session.session_hash, 30, session.slot_count)) % session.slot_count >= session.remove_count
        offset 0
    ),

    -- One line in a hundred is corrected the next day.
    versions as (
        select
            lines.*,
            correction,
            created_at + correction * {source_schema}.stardeck_microseconds(80000000000 + {source_schema}.stardeck_draw(line_hash, 1, 20000) * 1000000::bigint) as modified_at
        from lines
        cross join generate_series(0, 1) as correction
        where correction = 0 or {source_schema}.stardeck_draw(line_hash, 2, 100) = 0
        offset 0
    ),

    landed as (
        select
            versions.*,
            -- The price is the one of the product's last change before the order.
            greatest(
                (placed_at - {source_schema}.stardeck_microseconds({source_schema}.stardeck_change_time(product_id)))::date - from_day,
                {source_schema}.stardeck_product_day_number(product_id)
            ) as price_day_number
        from versions
        where modified_at::date + {source_schema}.stardeck_days_late(line_hash + correction, modified_at::date - from_day) = on_day
        offset 0
    ),

    priced as (
        select
            landed.*,
            {source_schema}.stardeck_price_level(product_id, price_day_number) as price_level,
            {source_schema}.stardeck_discount_week(product_id, price_day_number) as discount_week
        from landed
        offset 0
    )

    select
        case when {source_schema}.stardeck_draw(line_hash, 3, 200) > 0 then order_id end as "order",
        case {source_schema}.stardeck_draw(line_hash, 4, 200) when 0 then null when 1 then 900000 + product_id else product_id end as product,
        case when correction = 0 then 1 else 2 end + {source_schema}.stardeck_draw(line_hash, 5, 5) as quantity,
        {source_schema}.stardeck_price(product_id, price_level) * (1 - {source_schema}.stardeck_discount(product_id, discount_week)) as price,
        line_id as id,
        created_at,
        modified_at
    from priced
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day));

    get diagnostics row_count = row_count;
    return row_count;
end
$$;
