-- Tables that are filled once, on the first day: categories, brands and payment providers.

create or replace function {source_schema}.stardeck_seed_category(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.category (name, parent, id, created_at, modified_at)
    select
        category.name,
        null as parent,
        category.category_id::integer as id,
        on_day + {source_schema}.stardeck_microseconds(280000000 + category.category_id * 20000) as created_at,
        on_day + {source_schema}.stardeck_microseconds(280000000 + category.category_id * 20000) as modified_at
    from unnest(array[
        'Books', 'Movies', 'Music', 'Games', 'Electronics', 'Computers', 'Home', 'Garden', 'Tools', 'Grocery', 'Health',
        'Beauty', 'Toys', 'Kids', 'Baby', 'Clothing', 'Shoes', 'Jewelery', 'Sports', 'Outdoors', 'Automotive', 'Industrial'
    ]) with ordinality as category (name, category_id)
    where on_day = from_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_productbrand(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.productbrand (name, id, created_at, modified_at)
    select
        {source_schema}.stardeck_family_name(brand_hash, 241)
        || case {source_schema}.stardeck_draw(brand_hash, 242, 6)
            when 0 then ' PLC'
            when 1 then ' Inc'
            when 2 then ' Ltd'
            when 3 then ' and Sons'
            when 4 then '-' || {source_schema}.stardeck_family_name(brand_hash, 243)
            else ', ' || {source_schema}.stardeck_family_name(brand_hash, 243) || ' and ' || {source_schema}.stardeck_family_name(brand_hash, 244)
        end as name,
        brand_id as id,
        on_day + {source_schema}.stardeck_microseconds(280500000 + brand_id * 2000) as created_at,
        on_day + {source_schema}.stardeck_microseconds(280500000 + brand_id * 2000) as modified_at
    from generate_series(1, 200) as brand_id
    cross join lateral {source_schema}.stardeck_hash(brand_id, 40) as brand_hash
    where on_day = from_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_paymentprovider(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.paymentprovider (name, fixed_payment_costs, percentage_payment_costs, id, created_at, modified_at)
    select
        provider.name,
        provider.fixed_payment_costs,
        provider.percentage_payment_costs,
        provider.id,
        on_day + {source_schema}.stardeck_microseconds(279960000 + provider.id * 20000) as created_at,
        on_day + {source_schema}.stardeck_microseconds(279960000 + provider.id * 20000) as modified_at
    from (
        values
            ('Hernandez and Sons', 0.75::float8, 0.019::float8, 1),
            ('Nguyen Inc', 0.99::float8, 0.165::float8, 2),
            ('Morris-Riley', 0.8::float8, 0.12::float8, 3),
            ('Roth-Stephens', 0.5::float8, 0.128::float8, 4)
    ) as provider (name, fixed_payment_costs, percentage_payment_costs, id)
    where on_day = from_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;
