-- The visits that start on a day, and what comes of their orders. Not a landing table: the others are derived from it.

create or replace function {source_schema}.stardeck_seed_sessions(from_day date, on_day date, scale_milli integer) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    sessions_before constant bigint = {source_schema}.stardeck_sessions_before(from_day, on_day, scale_milli);
    session_count constant bigint = {source_schema}.stardeck_sessions_before(from_day, on_day + 1, scale_milli) - sessions_before;
    orders_before constant bigint = {source_schema}.stardeck_orders_among(sessions_before);
    order_count constant bigint = {source_schema}.stardeck_orders_among(sessions_before + session_count) - orders_before;
    signups_before constant bigint = {source_schema}.stardeck_signups_among(sessions_before);
    signup_count constant bigint = {source_schema}.stardeck_signups_among(sessions_before + session_count) - signups_before;
    customers_before constant bigint = {source_schema}.stardeck_old_customers(scale_milli) + signups_before;
    -- Share of the visits in thousandths that start before each hour of the day.
    hour_starts constant integer[] = array[
        0, 12, 19, 23, 26, 29, 35, 51, 83, 127, 177, 231, 287, 347, 403, 455, 505, 555, 609, 671, 747, 835, 915, 970, 1000
    ];
begin
    insert into {source_schema}.stardeck_seed_session (
        session_id, session_hash, session_day, started_at, ended_at, days_late, customer_id, is_logged_in, slot_count,
        view_count, remove_count, event_count, pace_seconds, pause_after, pause_seconds, signed_up_at, order_id,
        placed_at, paid_at, shipped_at
    )
    with
    -- Orders and sign-ups are spread evenly over the visits of the day, each in a visit of its own stretch.
    orders_placed as (
        select
            (order_number - 1) * session_count / order_count
                + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(orders_before + order_number, 5), 1, session_count / order_count) as session_number,
            (orders_before + order_number)::integer as order_id
        from generate_series(1, order_count) as order_number
    ),

    signups as (
        select
            (signup_number - 1) * session_count / signup_count
                + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(signups_before + signup_number, 6), 1, session_count / signup_count) as session_number,
            (customers_before + signup_number)::integer as customer_id
        from generate_series(1, signup_count) as signup_number
    ),

    visits as (
        select
            session_number,
            sessions_before + session_number + 1 as session_id,
            {source_schema}.stardeck_hash(sessions_before + session_number + 1, 1) as session_hash
        from generate_series(0, session_count - 1) as session_number
        offset 0
    ),

    visitors as (
        select
            visits.*,
            orders_placed.order_id,
            signups.customer_id is not null as is_signup,
            coalesce(
                signups.customer_id,
                case
                    when orders_placed.order_id is null and {source_schema}.stardeck_draw(visits.session_hash, 1, 100) >= 17 then null
                    when {source_schema}.stardeck_draw(visits.session_hash, 2, 3) = 0
                        then 1 + {source_schema}.stardeck_draw(visits.session_hash, 3, customers_before)
                    else customers_before - {source_schema}.stardeck_draw_small(visits.session_hash, 4, customers_before)
                end
            )::integer as customer_id,
            (visits.session_number * 1000000 + {source_schema}.stardeck_draw(visits.session_hash, 5, 1000000)) / session_count as day_share
        from visits
        left join orders_placed
            on orders_placed.session_number = visits.session_number
        left join signups
            on signups.session_number = visits.session_number
        offset 0
    ),

    habits as (
        select
            visitors.*,
            width_bucket((day_share / 1000)::integer, hour_starts[1:24]) as hour_number,
            case
                when customer_id is null then 1 + {source_schema}.stardeck_draw(session_hash, 6, 4)
                else 1 + {source_schema}.stardeck_draw(session_hash, 6, 4) * {source_schema}.stardeck_draw(session_hash, 7, 4)
            end as slot_count,
            {source_schema}.stardeck_draw(session_hash, 8, 100) as remove_draw,
            8 + {source_schema}.stardeck_draw(session_hash, 9, 14) * {source_schema}.stardeck_draw(session_hash, 10, 14) as pace_seconds,
            case {source_schema}.stardeck_draw(session_hash, 11, 32)
                when 0 then 600 + {source_schema}.stardeck_draw(session_hash, 12, 1100)
                when 1 then 1900 + {source_schema}.stardeck_draw(session_hash, 12, 3500)
                else 0
            end as pause_seconds,
            case
                when {source_schema}.stardeck_draw(session_hash, 13, 100) = 0 then 1 + {source_schema}.stardeck_draw(session_hash, 14, 3)
                else 0
            end as days_late
        from visitors
        offset 0
    ),

    timed as (
        select
            habits.*,
            on_day + {source_schema}.stardeck_microseconds(
                (hour_number - 1) * 3600000000
                + (day_share - hour_starts[hour_number] * 1000)
                    * 3600000 / (hour_starts[hour_number + 1] - hour_starts[hour_number])
                + {source_schema}.stardeck_draw(session_hash, 15, 1000000)
            ) as started_at,
            case when slot_count > 5 then 1 else 1 + {source_schema}.stardeck_draw(session_hash, 16, 3) end as view_count,
            case
                when customer_id is null then 0
                else least(slot_count - 1, case when remove_draw < 8 then 2 when remove_draw < 38 then 1 else 0 end)
            end as remove_count
        from habits
        offset 0
    ),

    counted as (
        select
            timed.*,
            1 + slot_count * (view_count + 1)
                + case when customer_id is null then 0 else remove_count + 1 end
                + case when is_signup then 1 else 0 end
                + case when order_id is null then 0 else 2 end as event_count
        from timed
        offset 0
    ),

    ended as (
        select
            counted.*,
            1 + {source_schema}.stardeck_draw(session_hash, 17, event_count) as pause_after,
            -- The order itself is no click: it follows the checkout by itself.
            event_count - case when order_id is null then 0 else 1 end as last_click,
            event_count - case when order_id is null then 0 else 2 end as signup_click
        from counted
        offset 0
    ),

    clicked as (
        select
            ended.*,
            {source_schema}.stardeck_event_at(started_at, session_hash, pace_seconds, pause_after, pause_seconds, last_click) as last_click_at,
            {source_schema}.stardeck_event_at(started_at, session_hash, pace_seconds, pause_after, pause_seconds, signup_click) as signup_at
        from ended
        offset 0
    ),

    ordered as (
        select
            clicked.*,
            case when order_id is not null then last_click_at + interval '12 milliseconds' end as placed_at,
            {source_schema}.stardeck_hash(order_id, 5) as order_hash
        from clicked
        offset 0
    ),

    -- Most pay within the hour, some the next day, one in twenty-five never.
    paid as (
        select
            ordered.*,
            case
                when {source_schema}.stardeck_draw(order_hash, 2, 100) < 4 then null
                when {source_schema}.stardeck_draw(order_hash, 2, 100) < 75
                    then placed_at + {source_schema}.stardeck_microseconds(60000000 + 1000000 * {source_schema}.stardeck_draw(order_hash, 3, 3600)::bigint)
                else placed_at + {source_schema}.stardeck_microseconds(3600000000 + 1000000 * {source_schema}.stardeck_draw(order_hash, 3, 90000)::bigint)
            end + {source_schema}.stardeck_microseconds({source_schema}.stardeck_draw(order_hash, 4, 1000000)) as paid_at
        from ordered
        offset 0
    ),

    -- Parcels leave on weekdays, one to three days after the money came; in the sixth week of nine the warehouse stands still for days.
    packed as (
        select
            paid.*,
            (
                paid_at
                + {source_schema}.stardeck_microseconds((6 + {source_schema}.stardeck_draw(order_hash, 5, 48)) * 3600000000)
                + case
                    when (on_day - from_day) / 7 % 9 = 5 then (2 + {source_schema}.stardeck_draw(order_hash, 6, 3)) * interval '1 day'
                    else interval '0'
                end
            )::date + 1 as ready_day
        from paid
        offset 0
    )

    select
        session_id,
        session_hash,
        on_day,
        started_at,
        last_click_at + case when order_id is null then interval '0' else interval '1 second' end as ended_at,
        days_late,
        customer_id,
        customer_id is not null and {source_schema}.stardeck_draw(session_hash, 18, 100) < 30 as is_logged_in,
        slot_count,
        view_count,
        remove_count,
        event_count,
        pace_seconds,
        pause_after,
        pause_seconds,
        case when is_signup then signup_at end as signed_up_at,
        order_id,
        placed_at,
        paid_at,
        case
            when {source_schema}.stardeck_draw(order_hash, 7, 100) >= 3 then
                ready_day
                + case extract(isodow from ready_day) when 6 then 2 when 7 then 1 else 0 end
                + {source_schema}.stardeck_microseconds(28800000000 + {source_schema}.stardeck_draw(order_hash, 8, 36000) * 1000000::bigint + {source_schema}.stardeck_draw(order_hash, 9, 1000000))
        end as shipped_at
    from packed;
end
$$;
