-- What visitors did on a day. A visit is: a page, then for each product some pages and (by customers) its addition to the
-- cart; then removals, the cart, a sign-up, the checkout and the order, as far as they happen.

create or replace function {source_schema}.stardeck_seed_event(from_day date, on_day date, scale_milli integer) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_generic_plan
as $$
declare
    row_count bigint;
begin
    insert into {source_schema}.event (type, event, id, created_at, modified_at)
    with
    visits as (
        select
            session.*,
            1 + session.slot_count * (session.view_count + 1) as last_browse,
            {source_schema}.stardeck_product_count(session.session_day - from_day) as product_count,
            '\"user-agent\": \"'
            || (array[
                'Opera/8.77.(X11; Linux x86_64; kk-KZ) Presto/2.9.174 Version/11.00',
                'Opera/8.73.(Windows NT 6.0; rw-RW) Presto/2.9.179 Version/10.00',
                'Opera/9.23.(Windows NT 10.0; de-DE) Presto/2.9.181 Version/12.00',
                'Mozilla/5.0 (Macintosh; U; PPC Mac OS X 10 9_0 rv:3.0; cy-GB) AppleWebKit/535.45.4 (KHTML, like Gecko) Version/5.0 Safari/535.45.4',
                'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10 11_6) AppleWebKit/531.0 (KHTML, like Gecko) Chrome/27.0.854.0 Safari/531.0',
                'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10 5_9) AppleWebKit/533.1 (KHTML, like Gecko) Chrome/31.0.855.0 Safari/533.1',
                'Mozilla/5.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/5.0)',
                'Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.2; Trident/3.1)',
                'Mozilla/5.0 (X11; Linux i686; rv:1.9.6.20) Gecko/2019-05-02 Firefox/3.8',
                'Mozilla/5.0 (Windows NT 10.0; en-US; rv:1.9.1.20) Gecko/2015-08-15 Firefox/15.0',
                'Mozilla/5.0 (iPhone; CPU iPhone OS 14_2 like Mac OS X) AppleWebKit/535.1 (KHTML, like Gecko) CriOS/57.0.874.0 Mobile/62K713 Safari/535.1',
                'Mozilla/5.0 (Linux; Android 11) AppleWebKit/536.2 (KHTML, like Gecko) Chrome/43.0.838.0 Safari/536.2'
            ])[1 + {source_schema}.stardeck_draw(session.session_hash, 40, 12)]
            || '\", \"ip\": \"'
            || (1 + {source_schema}.stardeck_draw(session.session_hash, 41, 223)) || '.' || {source_schema}.stardeck_draw(session.session_hash, 42, 256) || '.'
            || {source_schema}.stardeck_draw(session.session_hash, 43, 256) || '.' || (1 + {source_schema}.stardeck_draw(session.session_hash, 44, 254))
            || '\"' as visitor
        from {source_schema}.stardeck_seed_session as session
        where session.session_day between on_day - 5 and on_day
            and on_day between session.started_at::date + session.days_late and session.ended_at::date + session.days_late
        offset 0
    ),

    -- While browsing, slot and slot_step tell which product it is about and how far it got; afterwards, step counts up from 1.
    positions as (
        select
            visits.*,
            event_position,
            case when event_position > 1 then (event_position - 2) / (view_count + 1) end as slot,
            (event_position - 2) % (view_count + 1) as slot_step,
            event_position - last_browse - remove_count as step,
            {source_schema}.stardeck_hash(session_id * 32 + event_position, 30) as event_hash
        from visits
        cross join lateral generate_series(1, event_count) as event_position
        offset 0
    ),

    actions as (
        select
            positions.*,
            case
                when event_position = 1 then 'home'
                when event_position <= last_browse and slot_step = view_count and customer_id is not null then 'add'
                when event_position <= last_browse and slot_step = view_count - 1 then 'product'
                when event_position <= last_browse then
                    case width_bucket({source_schema}.stardeck_draw(event_hash, 1, 1000), array[0, 560, 850, 870, 935, 980])
                        when 1 then 'category'
                        when 2 then 'search'
                        when 3 then 'home'
                        when 4 then 'personal'
                        when 5 then 'related'
                        else 'recent'
                    end
                when step <= 0 then 'remove'
                when step = 1 then 'cart'
                when order_id is not null and event_position = event_count then 'order'
                when order_id is not null and event_position = event_count - 1 then 'checkout'
                else 'signup'
            end as action
        from positions
        offset 0
    ),

    timed as (
        select
            actions.*,
            case
                when action = 'order' then placed_at + (slot_count + 2) * interval '10 milliseconds'
                else {source_schema}.stardeck_event_at(started_at, session_hash, pace_seconds, pause_after, pause_seconds, event_position)
            end as created_at,
            case
                when action in ('add', 'product', 'related') then {source_schema}.stardeck_slot_product(session_hash, slot, product_count)
                when action = 'remove' then {source_schema}.stardeck_slot_product(
                    session_hash,
                    -- The slots that the order lines leave out, one after the other.
                    (event_position - last_browse - 1 + slot_count - {source_schema}.stardeck_draw(session_hash, 30, slot_count)) % slot_count,
                    product_count
                )
                else 1 + {source_schema}.stardeck_draw_small(event_hash, 2, product_count)
            end as product_id,
            case
                when action in ('add', 'checkout', 'signup') then customer_id
                when action = 'remove' and {source_schema}.stardeck_draw(event_hash, 3, 100) < 85 then null
                when is_logged_in or action = 'remove' then customer_id
            end as event_customer_id,
            {source_schema}.stardeck_draw(event_hash, 4, 1000) as fault
        from actions
        offset 0
    ),

    -- Ids as numeric strings, ids of nothing.
    ids as (
        select
            timed.*,
            coalesce(
                case when fault between 20 and 29 then '\"' || event_customer_id || '\"' else event_customer_id::text end,
                'null'
            ) as customer_text,
            case
                when fault between 20 and 29 then '\"' || product_id || '\"'
                when fault between 30 and 32 then (900000 + product_id)::text
                else product_id::text
            end as product_text,
            case
                when fault between 20 and 29 then '\"' || order_id || '\"'
                when fault between 30 and 32 then (90000000 + order_id)::text
                else order_id::text
            end as order_text
        from timed
        where created_at::date + days_late = on_day
        offset 0
    ),

    payloads as (
        select
            ids.*,
            case
                when action = 'order' then '{\"order\": ' || order_text || '}'
                when action in ('add', 'remove') then '{\"product\": ' || product_text || ', \"customer-id\": ' || customer_text || '}'
                else '{' || visitor || ', \"customer-id\": ' || customer_text
                    || case action
                        when 'category' then ', \"page\": \"https://xcc-webshop.com/category/' || (1 + {source_schema}.stardeck_draw(event_hash, 5, 22)) || '\"}'
                        when 'product' then ', \"page\": \"https://xcc-webshop.com/products/' || product_id || '\"}'
                        when 'search' then ', \"query\": \"' || {source_schema}.stardeck_product_name(event_hash) || '\"}'
                        when 'home' then ', \"page\": \"https://xcc-webshop.com\"'
                            || case
                                when {source_schema}.stardeck_draw(event_hash, 6, 2) = 0
                                    then ', \"referrer\": \"https://' || lower({source_schema}.stardeck_family_name(event_hash, 7)) || '.com\"}'
                                else '}'
                            end
                        when 'cart' then ', \"page\": \"https://xcc-webshop.com/cart\"}'
                        when 'checkout' then ', \"page\": \"https://xcc-webshop.com/checkout\"}'
                        when 'signup' then '}'
                        else ', \"product\": ' || product_text || ', \"position\": ' || {source_schema}.stardeck_draw(event_hash, 8, 7) || '}'
                    end
            end as payload
        from ids
        offset 0
    )

    select
        case action
            when 'add' then 'ADD_PRODUCT_TO_CART'
            when 'remove' then 'REMOVE_PRODUCT_FROM_CART'
            when 'order' then 'PLACED_ORDER'
            when 'signup' then 'SIGN_UP_SUCCESS'
            when 'search' then 'SEARCH'
            when 'personal' then 'VISIT_PERSONAL_RECOMMENDATION'
            when 'related' then 'VISIT_RELATED_PRODUCT'
            when 'recent' then 'VISIT_RECENTLY_VISITED_PRODUCT'
            else 'PAGE_VIEW'
        end as type,
        case
            -- The closing brace is missing.
            when fault < 9 then '"' || left(payload, -1) || '"'
            when fault = 9 then 'null'
            -- An object, not written out as a string.
            when fault between 10 and 19 then replace(payload, '\"', '"')
            else '"' || payload || '"'
        end::json as event,
        (session_id * 32 + event_position - 32)::integer as id,
        created_at,
        created_at as modified_at
    from payloads
    cross join generate_series(1, {source_schema}.stardeck_copies(on_day - from_day));

    get diagnostics row_count = row_count;
    return row_count;
end
$$;
