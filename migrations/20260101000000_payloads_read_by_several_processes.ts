import type { Knex } from "knex";

// A block with an exception handler cannot run in the processes among which PostgreSQL divides a statement: before version 17 it is refused
// there, and later, once something is caught, it gives wrong results. So what is parsed is asked first whether it is JSON, for which
// PostgreSQL 15 has no function.
const functionsWithoutHandlers = String.raw`
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
create or replace function prep.read_odd_event_payload(
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
create or replace function prep.read_event_payload(
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

const functionsBefore = String.raw`
-- The payloads that prep.read_event_payload cannot read at a glance: every id that can be read, and what is wrong.
create or replace function prep.read_odd_event_payload(
    event json, out customer_id integer, out product_id integer, out order_id integer, out payload_problem text
)
language plpgsql immutable
as $$
declare
    payload json;
    customer_text text;
    product_text text;
    order_text text;
begin
    begin
        payload := prep.replace_undecodable_escapes(event::text)::json #>> '{}';
        payload := prep.replace_undecodable_escapes(payload::text);
        if payload is null or json_typeof(payload) <> 'object' then
            payload_problem := 'no JSON object';
            return;
        end if;
        customer_text := payload ->> 'customer-id';
        product_text := payload ->> 'product';
        order_text := payload ->> 'order';
    exception when others then
        payload_problem := 'malformed JSON';
        return;
    end;
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
`;

export async function up(knex: Knex): Promise<void> {
    await knex.raw(functionsWithoutHandlers);
}

export async function down(knex: Knex): Promise<void> {
    await knex.raw(`${functionsBefore} drop function prep.is_json(text);`);
}
