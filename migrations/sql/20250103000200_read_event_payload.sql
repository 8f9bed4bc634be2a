-- How many levels of arrays and objects a JSON text has, or would have up to where it is malformed. Brackets inside strings do not count.
create function prep.nesting_depth(json_text text) returns integer
language sql immutable strict parallel safe
return (
    select coalesce(max(levels.depth), 0)::integer
    from (
        select sum(case when brackets.bracket in ('[', '{') then 1 else -1 end) over (order by brackets.position) as depth
        from string_to_table(
            regexp_replace(
                -- Escaped backslashes and quotes first; then strings hold no quote. One that never ends reaches to the end.
                regexp_replace(replace(replace(json_text, '\\', ''), '\"', '') || '"', '"[^"]*"', '', 'g'),
                '[^][{}]', '', 'g'
            ),
            null
        ) with ordinality as brackets (bracket, position)
    ) as levels
);

-- The ids in an event's payload: a JSON object inside a JSON string, or the object itself. Never raises: what cannot be read is null
-- and payload_problem says why. Runs once per landed event, so the usual payload takes the shortest way: one parse, no second look.
-- Text that is nested thousands of levels deep is not parsed at all: that can end the server (PGlite's stack has no guard).
create or replace function prep.read_event_payload(
    event json, out customer_id integer, out product_id integer, out order_id integer, out payload_problem text
)
language plpgsql immutable
as $$
declare
    payload_text text;
    payload jsonb;
    customer_text text;
    product_text text;
    order_text text;
begin
    begin
        payload_text := event #>> '{}';
        -- The depth costs more than the number of brackets, which it never exceeds.
        if octet_length(payload_text) > 2000
            and length(payload_text) - length(translate(payload_text, '[{', '')) > 2000
            and prep.nesting_depth(payload_text) > 2000
        then
            payload_problem := 'nested too deeply';
            return;
        end if;
        payload := payload_text;
        customer_text := payload ->> 'customer-id';
        product_text := payload ->> 'product';
        order_text := payload ->> 'order';
    exception when others then
        payload := null;
    end;
    if jsonb_typeof(payload) = 'object'
        and (customer_text is null or customer_text ~ '^[0-9]{1,9}$')
        and (product_text is null or product_text ~ '^[0-9]{1,9}$')
        and (order_text is null or order_text ~ '^[0-9]{1,9}$')
    then
        customer_id := customer_text;
        product_id := product_text;
        order_id := order_text;
        return;
    end if;
    select odd.customer_id, odd.product_id, odd.order_id, odd.payload_problem
    into customer_id, product_id, order_id, payload_problem
    from prep.read_odd_event_payload(event) as odd;
end
$$;
