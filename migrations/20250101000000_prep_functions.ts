import type { Knex } from "knex";

// A block with an exception handler cannot run in the processes among which PostgreSQL divides a statement: before version 17 it is refused
// there, and later, once something is caught, it gives wrong results. So what is parsed is asked first whether it is JSON, for which
// PostgreSQL 15 has no function.
const functions = String.raw`
-- A key that is the same in every rebuild and on every platform: the first 64 bits of an md5.
create function prep.surrogate_key(natural_key text) returns bigint
language sql immutable strict parallel safe
return ('x' || left(md5(natural_key), 16))::bit(64)::bigint;

-- 2024-11-26 is 20241126.
create function prep.date_key(day date) returns integer
language sql immutable strict parallel safe
return (extract(year from day) * 10000 + extract(month from day) * 100 + extract(day from day))::integer;

-- A function around a CASE must not be strict: PostgreSQL would call it for every row instead of putting its body in place.

-- The warehouse's time runs from 1900-01-01 up to 9999-12-31. A time outside it, an infinite one included, is unknown.
create function prep.usable_timestamp(landed timestamp) returns timestamp
language sql immutable parallel safe
return case when landed >= timestamp '1900-01-01' and landed < timestamp '9999-12-31' then landed end;

-- NaN sorts above infinity, so the two bounds leave the finite numbers. The cast keeps 15 significant digits.
create function prep.usable_number(landed double precision) returns numeric
language sql immutable parallel safe
return case when landed > '-infinity'::double precision and landed < 'infinity'::double precision then landed::numeric end;

-- A whole number in any notation (5, "5", " 005 ", 5.0, 5e0) that fits an integer; null for everything else.
create function prep.read_id(written text) returns integer
language sql immutable parallel safe
return case
    when written ~ '^[0-9]{1,9}$' then written::integer
    when written ~ '^[ \t\n\r]*[+-]{0,1}[0-9]{1,100}([.][0-9]{1,100}){0,1}([eE][+-]{0,1}[0-9]{1,2}){0,1}[ \t\n\r]*$' then
        case
            when written::numeric between -2147483648 and 2147483647 and written::numeric = trunc(written::numeric)
                then written::numeric::integer
        end
end;

-- JSON allows escapes that PostgreSQL does not decode: \u0000 and halves of surrogate pairs. They become \u0001 and _,
-- which leaves valid what is valid. Escaped backslashes step aside as chr(1), which stands in no valid JSON.
create function prep.replace_undecodable_escapes(json_text text) returns text
language sql immutable strict parallel safe
return replace(
    regexp_replace(
        replace(replace(json_text, '\\', chr(1)), '\u0000', '\u0001'),
        '\\u([1-9a-fA-F][0-9a-fA-F]{3}|0[1-9a-fA-F][0-9a-fA-F]{2}|00[89a-fA-F][0-9a-fA-F])', '_', 'g'
    ),
    chr(1), '\\'
);

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

-- Whether a text is JSON. It is reduced from the inside out: strings to chr(1), numbers and words to chr(2), then arrays and objects to
-- chr(2) until nothing changes. JSON holds neither character.
create function prep.is_json(written text) returns boolean
language plpgsql immutable strict parallel safe
as $$
declare
    rest text;
    before text;
begin
    if written ~ '[\x01\x02]' then
        return false;
    end if;
    rest := regexp_replace(written, '"([^"\\\x01-\x1f]|\\(["\\/bfnrt]|u[0-9a-fA-F]{4}))*"', chr(1), 'g');
    rest := regexp_replace(
        rest, '-{0,1}(0|[1-9][0-9]*)([.][0-9]+){0,1}([eE][+-]{0,1}[0-9]+){0,1}|true|false|null', chr(2), 'g'
    );
    rest := translate(rest, E' \t\n\r', '');
    loop
        before := rest;
        rest := regexp_replace(
            rest,
            '\[([\x01\x02](,[\x01\x02])*){0,1}\]|\{(\x01:[\x01\x02](,\x01:[\x01\x02])*){0,1}\}', chr(2), 'g'
        );
        exit when rest = before;
    end loop;
    return rest in (chr(1), chr(2));
end
$$;

-- The payloads that prep.read_event_payload cannot read at a glance: every id that can be read, and what is wrong.
create function prep.read_odd_event_payload(
    event json, out customer_id integer, out product_id integer, out order_id integer, out payload_problem text
)
language plpgsql immutable parallel safe
as $$
declare
    payload_text text;
    payload json;
    customer_text text;
    product_text text;
    order_text text;
begin
    payload_text := prep.replace_undecodable_escapes(event::text)::json #>> '{}';
    -- The depth costs more than the number of brackets, which it never exceeds.
    if octet_length(payload_text) > 2000
        and length(payload_text) - length(translate(payload_text, '[{', '')) > 2000
        and prep.nesting_depth(payload_text) > 2000
    then
        payload_problem := 'nested too deeply';
        return;
    end if;
    if not prep.is_json(payload_text) then
        payload_problem := 'malformed JSON';
        return;
    end if;
    payload := prep.replace_undecodable_escapes(payload_text);
    if payload is null or json_typeof(payload) <> 'object' then
        payload_problem := 'no JSON object';
        return;
    end if;
    customer_text := payload ->> 'customer-id';
    product_text := payload ->> 'product';
    order_text := payload ->> 'order';
    customer_id := prep.read_id(customer_text);
    product_id := prep.read_id(product_text);
    order_id := prep.read_id(order_text);
    payload_problem := nullif(
        concat_ws(
            ', ',
            case when customer_text is not null and customer_id is null then 'customer-id is no id' end,
            case when product_text is not null and product_id is null then 'product is no id' end,
            case when order_text is not null and order_id is null then 'order is no id' end
        ),
        ''
    );
end
$$;

-- The ids in an event's payload: a JSON object inside a JSON string, or the object itself. Never raises: what cannot be read is null and
-- payload_problem says why. Runs once per landed event, so the usual payload takes the shortest way: a flat object of plain strings,
-- whole numbers and nulls, which one look proves to be JSON.
create function prep.read_event_payload(
    event json, out customer_id integer, out product_id integer, out order_id integer, out payload_problem text
)
language plpgsql immutable parallel safe
as $$
declare
    payload_text text;
    payload jsonb;
    customer_text text;
    product_text text;
    order_text text;
begin
    -- Some escapes cannot be decoded.
    if strpos(event::text, '\u') = 0 then
        payload_text := event #>> '{}';
        if octet_length(payload_text) < 100000 and payload_text ~ '^\{("[^"\\\x01-\x1f]*" {0,1}: {0,1}("[^"\\\x01-\x1f]*"|0|[1-9][0-9]*|null), {0,1})*"[^"\\\x01-\x1f]*" {0,1}: {0,1}("[^"\\\x01-\x1f]*"|0|[1-9][0-9]*|null)\}$'
        then
            payload := payload_text;
            customer_text := payload ->> 'customer-id';
            product_text := payload ->> 'product';
            order_text := payload ->> 'order';
            if (customer_text is null or customer_text ~ '^[0-9]{1,9}$')
                and (product_text is null or product_text ~ '^[0-9]{1,9}$')
                and (order_text is null or order_text ~ '^[0-9]{1,9}$')
            then
                customer_id := customer_text;
                product_id := product_text;
                order_id := order_text;
                return;
            end if;
        end if;
    end if;
    select odd.customer_id, odd.product_id, odd.order_id, odd.payload_problem
    into customer_id, product_id, order_id, payload_problem
    from prep.read_odd_event_payload(event) as odd;
end
$$;
`;

export async function up(knex: Knex): Promise<void> {
    await knex.raw(functions);
}

export async function down(knex: Knex): Promise<void> {
    await knex.raw(`
        drop function prep.read_event_payload(json);
        drop function prep.read_odd_event_payload(json);
        drop function prep.is_json(text);
        drop function prep.nesting_depth(text);
        drop function prep.replace_undecodable_escapes(text);
        drop function prep.read_id(text);
        drop function prep.usable_number(double precision);
        drop function prep.usable_timestamp(timestamp);
        drop function prep.date_key(date);
        drop function prep.surrogate_key(text);
    `);
}
