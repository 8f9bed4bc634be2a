-- Products that were added, repriced, discounted or touched on a day, with their categories.

create or replace function {source_schema}.stardeck_seed_product(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.product (name, description, "EAN", price, discount_percent, brand, inventory, published, id, created_at, modified_at)
    with
    -- A row may arrive a day late: look at yesterday's changes, too.
    product_days as (
        select
            product_id,
            on_day - from_day - days_late as day_number,
            days_late,
            {source_schema}.stardeck_hash(product_id, 2) as product_hash,
            {source_schema}.stardeck_product_day_number(product_id) as first_day_number
        from generate_series(1, {source_schema}.stardeck_product_count(on_day - from_day)::integer) as product_id
        cross join generate_series(0, 1) as days_late
        -- Nearly a quarter of the catalogue is never extracted.
        where {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 20, 100) >= 24
        offset 0
    ),

    states as (
        select
            product_days.*,
            {source_schema}.stardeck_price_level(product_id, day_number) as price_level,
            {source_schema}.stardeck_price_level(product_id, day_number - 1) as previous_price_level,
            {source_schema}.stardeck_discount_week(product_id, day_number) as discount_week,
            {source_schema}.stardeck_discount_week(product_id, day_number - 1) as previous_discount_week
        from product_days
        where day_number >= first_day_number
            and days_late = case when {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 7), day_number, 100) = 0 then 1 else 0 end
        offset 0
    ),

    changes as (
        select states.*
        from states
        where day_number = first_day_number
            or price_level <> previous_price_level
            or discount_week <> previous_discount_week
                and {source_schema}.stardeck_discount(product_id, discount_week) <> {source_schema}.stardeck_discount(product_id, previous_discount_week)
            or {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 8), day_number, 400) = 0
        offset 0
    ),

    dated as (
        select
            changes.*,
            from_day + first_day_number + {source_schema}.stardeck_microseconds(
                case
                    when first_day_number = 0 then 281000000 + product_id * 23000::bigint + {source_schema}.stardeck_draw(product_hash, 21, 9000)
                    else {source_schema}.stardeck_draw(product_hash, 21, 3600) * 1000000::bigint + {source_schema}.stardeck_draw(product_hash, 22, 1000000)
                end
            ) as created_at
        from changes
        offset 0
    )

    select
        {source_schema}.stardeck_product_name(product_hash) as name,
        (array[
            'Star have need impact.', 'Strong look film thousand draw common.', 'Anything happen good three page former.',
            'At tax billion resource arm easy.', 'Few list term partner.', 'Go another ask alone.',
            'Specific once development finally.', 'Street memory behind way feeling approach.'
        ])[1 + {source_schema}.stardeck_draw(product_hash, 23, 8)]
        || ' '
        || (array[
            'Although sea top teacher point moment.', 'Should small information enjoy.', 'Blood eight seem particular.',
            'Human night gun meet care about.', 'Environmental gas institution concern hair.', 'Listen add for would home.'
        ])[1 + {source_schema}.stardeck_draw(product_hash, 24, 6)] as description,
        lpad({source_schema}.stardeck_draw(product_hash, 25, 1000000000)::text, 9, '0') || lpad({source_schema}.stardeck_draw(product_hash, 26, 10000)::text, 4, '0') as "EAN",
        {source_schema}.stardeck_price(product_id, price_level) as price,
        {source_schema}.stardeck_discount(product_id, discount_week)::float8 as discount_percent,
        case when {source_schema}.stardeck_draw(product_hash, 27, 100) > 0 then 1 + {source_schema}.stardeck_draw(product_hash, 28, 200) end as brand,
        100 as inventory,
        {source_schema}.stardeck_draw(product_hash, 300 + price_level, 100) < 79 as published,
        product_id as id,
        created_at,
        case
            when day_number = first_day_number then created_at
            else from_day + day_number + {source_schema}.stardeck_microseconds({source_schema}.stardeck_change_time(product_id) + {source_schema}.stardeck_draw(product_hash, 400 + day_number, 1000000))
        end as modified_at
    from dated
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day));

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_productcategory(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.productcategory (category, product, id, created_at, modified_at)
    select
        1 + ({source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 9), 1, 22) + 5 * category_number) % 22 as category,
        product_id as product,
        product_id * 4 + category_number - 3 as id,
        on_day + {source_schema}.stardeck_microseconds(301000000 + product_id * 23000::bigint) as created_at,
        on_day + {source_schema}.stardeck_microseconds(301000000 + product_id * 23000::bigint) as modified_at
    from generate_series(1, {source_schema}.stardeck_product_count(on_day - from_day)::integer) as product_id
    cross join lateral generate_series(0, {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 9), 2, 4)) as category_number
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day))
    where {source_schema}.stardeck_product_day_number(product_id) = on_day - from_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;
