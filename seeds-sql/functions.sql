-- What all seeds share. Everything is a function of first day, day and scale: no random(), now(), sequence or setting.
-- These functions are single expressions, so PostgreSQL puts them into the calling query and a draw costs nanoseconds:
-- provided that an argument which the body needs more than once is a plain column. Hence the steps in the seeds, which end
-- in `offset 0`: it keeps the planner from merging a step into the next and writing its expressions out again and again.
-- The seeds themselves force a generic plan: planning anew for each day would take longer than a small day's rows.

-- The start of an entity's random numbers. PostgreSQL routes rows to hash partitions by this function, so it has reason
-- to give the same number on every version and platform; the tests compare checksums on two of them.
create or replace function {source_schema}.stardeck_hash(entity_id bigint, kind bigint) returns bigint
    language sql immutable parallel safe
as $$
    select hashint8extended(entity_id, kind)
$$;

-- A whole number from 0 to choices - 1; different for every purpose.
create or replace function {source_schema}.stardeck_draw(entity_hash bigint, purpose bigint, choices bigint) returns integer
    language sql immutable parallel safe
as $$
    select ((hashint8extended(purpose, entity_hash) & 9223372036854775807) % choices)::integer
$$;

-- A whole number from 0 to choices - 1, small ones more often: a third of the draws are below a tenth of choices.
-- Square roots are exactly rounded everywhere, like the four basic operations and unlike ln(), exp() or power().
create or replace function {source_schema}.stardeck_draw_small(entity_hash bigint, purpose bigint, choices bigint) returns integer
    language sql immutable parallel safe
as $$
    select floor(
        choices * (1 - sqrt(sqrt((1 + {source_schema}.stardeck_draw(entity_hash, purpose, 1073741824)) / 1073741824::float8)))
    )::integer
$$;

create or replace function {source_schema}.stardeck_microseconds(amount bigint) returns interval
    language sql immutable parallel safe
as $$
    select amount * interval '1 microsecond'
$$;

-- Visits before a day: weekdays differ, the shop grows by 0.8 % of its first size a day. Whole numbers of a running
-- total, so that no fraction of a visit is lost at small scales. Orders and sign-ups are shares of the same total.
create or replace function {source_schema}.stardeck_sessions_before(from_day date, on_day date, scale_milli integer) returns bigint
    language sql immutable parallel safe
as $$
    select coalesce(
        sum(
            (array[100, 94, 92, 98, 102, 104, 110])[extract(isodow from from_day + day_number)::integer]
            * (1000 + 8 * day_number)::bigint
        ),
        0
    )::bigint * 65 * scale_milli / 100000000
    from generate_series(0, on_day - from_day - 1) as day_number
$$;

create or replace function {source_schema}.stardeck_orders_among(sessions bigint) returns bigint
    language sql immutable parallel safe
as $$
    select sessions * 29 / 100
$$;

create or replace function {source_schema}.stardeck_signups_among(sessions bigint) returns bigint
    language sql immutable parallel safe
as $$
    select sessions * 5 / 100
$$;

-- Customers who had signed up before the first day: they are seen in events and orders and hardly ever extracted.
create or replace function {source_schema}.stardeck_old_customers(scale_milli integer) returns bigint
    language sql immutable parallel safe
as $$
    select 2 + scale_milli * 180::bigint / 1000
$$;

-- Batches that go wrong as a whole: one day in eighty is extracted twice, one in sixty brings its orders and lines a day late.
create or replace function {source_schema}.stardeck_copies(day_number integer) returns integer
    language sql immutable parallel safe
as $$
    select case when day_number % 80 = 9 then 2 else 1 end
$$;

create or replace function {source_schema}.stardeck_days_late(entity_hash bigint, day_number integer) returns integer
    language sql immutable parallel safe
as $$
    select case
        when day_number % 60 = 11 then 1
        when {source_schema}.stardeck_draw(entity_hash, 900, 100) = 0
            then 1 + {source_schema}.stardeck_draw(entity_hash, 901, 2)
        else 0
    end
$$;

-- When the event at a position of a visit happens: one in each pace, so positions are in order of time.
create or replace function {source_schema}.stardeck_event_at(
    started_at timestamp,
    session_hash bigint,
    pace_seconds integer,
    pause_after integer,
    pause_seconds integer,
    event_position integer
) returns timestamp
    language sql immutable parallel safe
as $$
    select started_at + {source_schema}.stardeck_microseconds(
        (event_position - 1) * pace_seconds * 1000000::bigint
        + {source_schema}.stardeck_draw(session_hash, 500 + event_position, pace_seconds * 1000000::bigint)
        + case when event_position > pause_after then pause_seconds * 1000000::bigint else 0 end
    )
$$;

-- The product that a visitor looks at: old ones are looked at more often.
create or replace function {source_schema}.stardeck_slot_product(session_hash bigint, slot integer, product_count bigint) returns integer
    language sql immutable parallel safe
as $$
    select 1 + {source_schema}.stardeck_draw_small(session_hash, 600 + slot, product_count)
$$;

-- Catalogue: 700 products when the shop opens, three more each day.
create or replace function {source_schema}.stardeck_product_count(day_number integer) returns bigint
    language sql immutable parallel safe
as $$
    select 700 + 3 * day_number::bigint
$$;

create or replace function {source_schema}.stardeck_product_day_number(product_id integer) returns integer
    language sql immutable parallel safe
as $$
    select greatest(product_id - 698, 0) / 3
$$;

-- Microseconds after midnight at which changes of a product take effect, always the same: 01:00 to 15:00.
create or replace function {source_schema}.stardeck_change_time(product_id integer) returns bigint
    language sql immutable parallel safe
as $$
    select 3600000000 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 8, 50400) * 1000000::bigint
$$;

-- Counts the price changes of a product: two products in three get a new price every 18 to 67 days.
create or replace function {source_schema}.stardeck_price_level(product_id integer, day_number integer) returns integer
    language sql immutable parallel safe
as $$
    select case
        when {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 1, 3) > 0
            then (day_number + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 2, 18))
                / (18 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 3, 50))
        else 0
    end
$$;

-- Prices from 1 to 171, most around 40: sums of whole numbers, then divisions.
create or replace function {source_schema}.stardeck_price(product_id integer, price_level integer) returns float8
    language sql immutable parallel safe
as $$
    select (
        10000000000000
        + {source_schema}.stardeck_draw_small({source_schema}.stardeck_hash(product_id, 2), 4, 1000000) * 1300000000::bigint
        + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 5, 1000000) * 200000000::bigint
        + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 6, 1000000) * 200000000::bigint
        + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 7, 200000000)
    )::float8 / 10000000000000::float8
    * (
        100 + case
            when price_level = 0 then 0
            else {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 100 + price_level, 31) - 12
        end
    )::float8 / 100::float8
$$;

-- Counts the weeks in which a product has one discount: most begin on the shop's first weekday, some later.
create or replace function {source_schema}.stardeck_discount_week(product_id integer, day_number integer) returns integer
    language sql immutable parallel safe
as $$
    select (
        day_number + (array[0, 0, 0, 1, 4])[1 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 2), 9, 5)]
    ) / 7
$$;

-- Whole percentages: 13 % of the products have one in most weeks, more in the two campaigns of nine weeks.
create or replace function {source_schema}.stardeck_discount(product_id integer, discount_week integer) returns integer
    language sql immutable parallel safe
as $$
    select case
        when {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 3), discount_week, 100)
            >= (array[13, 13, 13, 36, 13, 13, 13, 27, 13])[1 + discount_week % 9]
            then 0
        when {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 4), discount_week, 20) = 0
            then 11 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 5), discount_week, 3)
        else 1 + {source_schema}.stardeck_draw({source_schema}.stardeck_hash(product_id, 5), discount_week, 10)
    end
$$;

-- Names of products and searches: `Foldable oak chair`.
create or replace function {source_schema}.stardeck_product_name(entity_hash bigint) returns text
    language sql immutable parallel safe
as $$
    select (array[
        'Classic', 'Compact', 'Foldable', 'Handmade', 'Heavy', 'Large', 'Light', 'Modern', 'Plain', 'Outdoor', 'Portable',
        'Recycled', 'Round', 'Rustic', 'Small', 'Soft', 'Sturdy', 'Tall', 'Vintage', 'Waterproof'
    ])[1 + {source_schema}.stardeck_draw(entity_hash, 201, 20)]
    || ' '
    || (array[
        'bamboo', 'brass', 'canvas', 'ceramic', 'copper', 'cork', 'cotton', 'felt', 'glass', 'leather', 'linen', 'marble',
        'oak', 'paper', 'pine', 'steel', 'stone', 'velvet', 'walnut', 'wool'
    ])[1 + {source_schema}.stardeck_draw(entity_hash, 202, 20)]
    || ' '
    || (array[
        'backpack', 'basket', 'blanket', 'bottle', 'bowl', 'box', 'chair', 'clock', 'cushion', 'desk', 'jacket', 'lamp',
        'mirror', 'mug', 'notebook', 'rug', 'scarf', 'shelf', 'tray', 'vase'
    ])[1 + {source_schema}.stardeck_draw(entity_hash, 203, 20)]
$$;

create or replace function {source_schema}.stardeck_family_name(entity_hash bigint, purpose integer) returns text
    language sql immutable parallel safe
as $$
    select (array[
        'Adams', 'Baker', 'Bell', 'Brown', 'Chan', 'Chang', 'Cobb', 'Cole', 'Davis', 'Delacruz', 'Fernandez', 'Finley',
        'Goodman', 'Gray', 'Guerra', 'Hart', 'Higgins', 'Howell', 'Jensen', 'King', 'Lambert', 'Lin', 'Lopez', 'Mack',
        'Mooney', 'Moore', 'Nguyen', 'Osborne', 'Parker', 'Pierce', 'Pope', 'Ramirez', 'Romero', 'Schmidt', 'Stuart',
        'Tate', 'Walsh', 'Wilson', 'Wood', 'Young'
    ])[1 + {source_schema}.stardeck_draw(entity_hash, purpose, 40)]
$$;

create or replace function {source_schema}.stardeck_given_name(entity_hash bigint) returns text
    language sql immutable parallel safe
as $$
    select (array[
        'Abigail', 'Alan', 'Anthony', 'Bryan', 'Carmen', 'Denise', 'Diana', 'Gary', 'Heidi', 'James', 'Jennifer', 'John',
        'Joy', 'Kenji', 'Laura', 'Manuel', 'Mei', 'Michael', 'Nadia', 'Omar', 'Priya', 'Randall', 'Rebekah', 'Richard',
        'Sarah', 'Steven', 'Tanya', 'Tony', 'Tyler', 'Yusuf'
    ])[1 + {source_schema}.stardeck_draw(entity_hash, 210, 30)]
$$;
