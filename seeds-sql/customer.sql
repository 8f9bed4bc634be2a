-- Customers who signed up or changed their e-mail or phone number on a day, with their address and way to pay.

create or replace function {source_schema}.stardeck_seed_customer(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    customer_count constant bigint = {source_schema}.stardeck_old_customers(scale_milli)
        + {source_schema}.stardeck_signups_among({source_schema}.stardeck_sessions_before(from_day, on_day, scale_milli));
    row_count bigint;
begin
    insert into {source_schema}.customer (name, email, phone_number, id, created_at, modified_at)
    with
    signups as (
        select
            customer_id,
            signed_up_at - interval '41 milliseconds' as created_at,
            signed_up_at - interval '41 milliseconds' as modified_at,
            {source_schema}.stardeck_hash(customer_id, 10) as customer_hash
        from {source_schema}.stardeck_seed_session
        where signed_up_at is not null
            and session_day between on_day - 5 and on_day
            and signed_up_at::date + {source_schema}.stardeck_days_late({source_schema}.stardeck_hash(customer_id, 10), 0) = on_day
            -- One in a hundred never arrives.
            and {source_schema}.stardeck_draw({source_schema}.stardeck_hash(customer_id, 10), 1, 100) > 0
    ),

    -- The first day brings those who had signed up before, but one in twelve, here and there, was left out.
    already_there as (
        select
            customer_id,
            from_day - {source_schema}.stardeck_microseconds(3600000000 + {source_schema}.stardeck_draw(customer_hash, 8, 10000000) * 1000000::bigint) as created_at,
            customer_hash
        from (
            select customer_id, {source_schema}.stardeck_hash(customer_id, 10) as customer_hash
            from generate_series(1, {source_schema}.stardeck_old_customers(scale_milli)::integer) as customer_id
            offset 0
        ) as old_customers
        where on_day = from_day
            and {source_schema}.stardeck_draw(customer_hash, 7, 12) > 0
    ),

    -- Two customers in three change every 20 to 89 days. Of those that were left out every other one arrives by a change.
    changes as (
        select
            customer_id,
            on_day + {source_schema}.stardeck_microseconds(
                25200000000 + {source_schema}.stardeck_draw(customer_hash, 1000 + (on_day - from_day), 54000) * 1000000::bigint
                + {source_schema}.stardeck_draw(customer_hash, 3, 1000000)
            ) as modified_at,
            customer_hash
        from (
            select customer_id, {source_schema}.stardeck_hash(customer_id, 10) as customer_hash
            from generate_series(1, customer_count::integer) as customer_id
            offset 0
        ) as known_customers
        where on_day > from_day
            and {source_schema}.stardeck_draw(customer_hash, 4, 3) > 0
            and (on_day - from_day + {source_schema}.stardeck_draw(customer_hash, 5, 20)) % (20 + {source_schema}.stardeck_draw(customer_hash, 6, 70)) = 0
            and (
                customer_id > {source_schema}.stardeck_old_customers(scale_milli)
                or {source_schema}.stardeck_draw(customer_hash, 7, 12) > 0
                or {source_schema}.stardeck_draw(customer_hash, 9, 2) = 0
            )
            and {source_schema}.stardeck_draw(customer_hash, 1, 100) > 0
    ),

    dated_changes as (
        select
            changes.customer_id,
            coalesce(
                {source_schema}.stardeck_seed_session.signed_up_at - interval '41 milliseconds',
                from_day - {source_schema}.stardeck_microseconds(3600000000 + {source_schema}.stardeck_draw(changes.customer_hash, 8, 10000000) * 1000000::bigint)
            ) as created_at,
            changes.modified_at,
            changes.customer_hash
        from changes
        left join {source_schema}.stardeck_seed_session
            on {source_schema}.stardeck_seed_session.customer_id = changes.customer_id
            and {source_schema}.stardeck_seed_session.signed_up_at is not null
        where {source_schema}.stardeck_seed_session.signed_up_at is null
            or {source_schema}.stardeck_seed_session.signed_up_at + interval '1 minute' < changes.modified_at
    ),

    landed as (
        select customer_id, created_at, modified_at, customer_hash from signups
        union all
        select customer_id, created_at, created_at as modified_at, customer_hash from already_there
        union all
        select customer_id, created_at, modified_at, customer_hash from dated_changes
    ),

    versions as (
        select
            landed.*,
            (modified_at::date - from_day + {source_schema}.stardeck_draw(customer_hash, 5, 20)) / (20 + {source_schema}.stardeck_draw(customer_hash, 6, 70)) as version_number
        from landed
    )

    select
        {source_schema}.stardeck_given_name(customer_hash) || ' ' || {source_schema}.stardeck_family_name(customer_hash, 211) as name,
        lower({source_schema}.stardeck_given_name(customer_hash) || {source_schema}.stardeck_family_name({source_schema}.stardeck_hash(version_number, customer_hash), 212))
        || customer_id
        || '@'
        || (array['hotmail.com', 'gmail.com', 'yahoo.com', 'chang.com', 'hill.com', 'wood.net', 'smith.com', 'barnes-carlson.org'])
            [1 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(version_number, customer_hash), 213, 8)] as email,
        case {source_schema}.stardeck_draw(customer_hash, 214, 3)
            when 0 then '+1-' || (200 + {source_schema}.stardeck_draw(customer_hash, 215, 800)) || '-' || (200 + {source_schema}.stardeck_draw(customer_hash, 216, 800)) || '-'
            when 1 then (200 + {source_schema}.stardeck_draw(customer_hash, 215, 800)) || '.' || (200 + {source_schema}.stardeck_draw(customer_hash, 216, 800)) || '.'
            else '(' || (200 + {source_schema}.stardeck_draw(customer_hash, 215, 800)) || ')' || (200 + {source_schema}.stardeck_draw(customer_hash, 216, 800)) || '-'
        end
        -- Every other change is one of the e-mail alone.
        || (1000 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(version_number / 2, customer_hash), 217, 9000)) as phone_number,
        customer_id as id,
        created_at,
        modified_at
    from versions
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day));

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_customeraddress(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.customeraddress (customer, street, number, city, postal_code, country, id, created_at, modified_at)
    select
        customer_id as customer,
        {source_schema}.stardeck_family_name(customer_hash, 221) || (array[' Harbor', ' Run', ' Knolls', ' Stream', ' Lane'])[1 + {source_schema}.stardeck_draw(customer_hash, 222, 5)] as street,
        (1 + {source_schema}.stardeck_draw(customer_hash, 223, 9999))::text as number,
        (array['New ', 'Port ', 'North ', 'East ', 'Lake '])[1 + {source_schema}.stardeck_draw(customer_hash, 224, 5)] || {source_schema}.stardeck_given_name(customer_hash) as city,
        lpad({source_schema}.stardeck_draw(customer_hash, 225, 100000)::text, 5, '0') as postal_code,
        (array['Yemen', 'Hong Kong', 'Chile', 'Colombia', 'Puerto Rico', 'Portugal', 'Kenya', 'Vietnam', 'Norway', 'Canada'])
            [1 + {source_schema}.stardeck_draw(customer_hash, 226, 10)] as country,
        customer_id as id,
        signed_up_at - interval '26 milliseconds' as created_at,
        signed_up_at - interval '26 milliseconds' as modified_at
    from {source_schema}.stardeck_seed_session
    cross join lateral {source_schema}.stardeck_hash(customer_id, 10) as customer_hash
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day))
    where signed_up_at is not null
        and session_day between on_day - 1 and on_day
        and signed_up_at::date = on_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;

create or replace function {source_schema}.stardeck_seed_customerpaymentprovider(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.customerpaymentprovider (customer, provider, account_no, id, created_at, modified_at)
    select
        customer_id as customer,
        1 + {source_schema}.stardeck_draw(customer_hash, 231, 4) as provider,
        'GB' || (10 + {source_schema}.stardeck_draw(customer_hash, 232, 90)) || 'DEMO' || lpad({source_schema}.stardeck_draw(customer_hash, 233, 1000000000)::text, 14, '0') as account_no,
        customer_id as id,
        signed_up_at - interval '12 milliseconds' as created_at,
        signed_up_at - interval '12 milliseconds' as modified_at
    from {source_schema}.stardeck_seed_session
    cross join lateral {source_schema}.stardeck_hash(customer_id, 10) as customer_hash
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day))
    where signed_up_at is not null
        and session_day between on_day - 1 and on_day
        and signed_up_at::date = on_day;

    get diagnostics row_count = row_count;
    return row_count;
end
$$;
