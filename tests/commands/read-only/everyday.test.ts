import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { packageFolder } from "../../../src/config/package-folder.js";
import { isHarmlessName } from "../../../src/database/read-only/known-functions.js";
import { describeOnBothDatabases } from "../../setup/databases.js";

const setUp = `
    create table public.sale (
        sale_id integer primary key, customer_id integer, sold_at timestamptz not null, day date not null, amount numeric(12, 2),
        price float8, state text, tags text[], payload jsonb, note json, code uuid, span int4range, area point, network inet,
        bytes bytea, duration interval, flags bit(4), search tsvector
    );
    insert into public.sale
    select
        id, id % 7, '2025-01-01 00:00+00'::timestamptz + id * interval '5 hours', '2025-01-01'::date + id, id * 1.25, id * 0.5,
        (array['PLACED', 'PAID', 'SHIPPED'])[id % 3 + 1], array['a', 'b' || id], jsonb_build_object('id', id, 'list', jsonb_build_array(id, id + 1)),
        json_build_object('id', id), md5(id::text)::uuid, int4range(id, id + 5), point(id, id), '10.0.0.1', '\\x00ff', interval '1 day', b'1010',
        to_tsvector('simple', 'sale number ' || id)
    from generate_series(1, 50) as id;
    create view public.daily as select day, sum(amount) as amount from public.sale group by day;
    create type public.mood as enum ('low', 'high');
    create domain public.positive as integer check (value > 0);
    create function public.doubled(integer) returns integer language sql immutable as 'select $1 * 2';
    create function public.label(integer) returns text language plpgsql stable as
        'begin if $1 > 10 then return ''many''; end if; return format(''%s of them'', $1); end';
    -- As with PostGIS: PostgreSQL converts its own values to this type by itself, and what compares them is not known.
    create type public.outline as (corners text);
    create cast (bytea as public.outline) with inout as implicit;
    create function public.is_left(public.outline, public.outline) returns boolean language sql as
        'select pg_try_advisory_lock(1)';
    create function public.compare(public.outline, public.outline) returns integer language sql as
        'select pg_try_advisory_lock(1)::integer';
    create operator public.<<< (function = public.is_left, leftarg = public.outline, rightarg = public.outline);
    create operator class public.outline_ops default for type public.outline using btree as
        operator 1 public.<<<, function 1 public.compare(public.outline, public.outline);`;

/** What people ask of a warehouse every day: none of it may be refused. */
const statements = [
    "table public.sale",
    "values (1, 'a'), (2, 'b')",
    "select * from public.sale where sale_id between 3 and 9 order by sold_at desc nulls last limit 5 offset 1",
    "select count(*), count(distinct customer_id), sum(amount), avg(price), min(day), max(day) from public.sale",
    "select customer_id, sum(amount) filter (where state = 'PAID') as paid from public.sale group by customer_id having count(*) > 2",
    "select state, customer_id, sum(amount) from public.sale group by grouping sets ((state), (customer_id), ())",
    "select state, customer_id, grouping(state), sum(amount) from public.sale group by rollup (state, customer_id)",
    "select state, customer_id, sum(amount) from public.sale group by cube (state, customer_id)",
    "select sale_id, row_number() over (partition by customer_id order by sold_at) from public.sale",
    "select sale_id, lag(amount) over w, lead(amount, 2, 0) over w, first_value(amount) over w from public.sale window w as (order by sale_id)",
    "select sale_id, sum(amount) over (order by sale_id rows between 6 preceding and current row) from public.sale",
    "select sale_id, avg(amount) over (order by sold_at range between interval '2 days' preceding and current row) from public.sale",
    "select sale_id, rank() over (order by amount desc), dense_rank() over (order by amount), ntile(4) over (order by amount), percent_rank() over (order by amount), cume_dist() over (order by amount) from public.sale",
    "select percentile_cont(0.5) within group (order by amount), percentile_disc(array[0.1, 0.9]) within group (order by price), mode() within group (order by state) from public.sale",
    "select stddev(price), variance(price), corr(price, sale_id), regr_slope(price, sale_id), covar_pop(price, sale_id) from public.sale",
    "select date_trunc('week', sold_at at time zone 'UTC') as week, sum(amount) from public.sale group by 1 order by 1",
    "select extract(isodow from sold_at), date_part('hour', sold_at), to_char(sold_at, 'YYYY-MM-DD HH24:MI'), age(sold_at) from public.sale",
    "select date_bin('15 minutes', sold_at, '2025-01-01'), make_date(2025, 1, 2), make_interval(days => 3), justify_hours(duration) from public.sale",
    "select generated::date from generate_series('2025-01-01'::date, '2025-02-01'::date, interval '1 day') as generated",
    "select now(), current_date, current_timestamp, localtime, clock_timestamp(), statement_timestamp()",
    "select day - interval '1 month', day + 3, day - date '2025-01-01', (day, day + 1) overlaps (date '2025-01-01', date '2025-02-01') from public.sale",
    "select upper(state), lower(state), initcap(state), length(state), left(state, 2), right(state, 2), reverse(state), lpad(state, 9, '-'), substring(state from 2 for 3) from public.sale",
    "select split_part(state, 'A', 1), replace(state, 'P', 'p'), translate(state, 'AB', 'ab'), trim(both 'P' from state), position('A' in state), overlay(state placing 'x' from 1 for 1) from public.sale",
    "select regexp_replace(state, '[AEIOU]', '*', 'g'), regexp_match(state, 'P(.)'), regexp_split_to_array(state, 'A'), state ~ '^P', state ~* 'paid', state similar to 'P%' from public.sale",
    "select state like 'P%', state ilike 'p_id', state not like '%x', starts_with(state, 'P'), format('%s: %L', state, amount), concat_ws('-', state, sale_id), quote_ident(state) from public.sale",
    "select string_agg(state, ', ' order by sale_id), array_agg(distinct state), json_agg(state), jsonb_object_agg(sale_id, state), bool_or(amount > 3), every(amount > 0) from public.sale",
    "select round(amount, 1), ceil(price), floor(price), abs(-price), mod(sale_id, 3), sale_id % 2, power(price, 2), sqrt(price), ln(price), exp(1), sign(amount), trunc(amount), width_bucket(amount, 0, 100, 5), greatest(1, 2), least(1, 2) from public.sale",
    "select amount::int, amount::text, sale_id::numeric(10, 2), cast(day as timestamp), '12'::integer, state::varchar(3), price::numeric from public.sale",
    "select coalesce(state, 'none'), nullif(state, 'PAID'), case state when 'PAID' then 1 else 0 end, case when amount > 5 then 'big' end, state is distinct from 'PAID', amount is null from public.sale",
    "select payload -> 'list' -> 0, payload ->> 'id', payload #>> '{list,1}', payload @> '{\"id\": 1}', payload ? 'id', jsonb_array_length(payload -> 'list'), jsonb_typeof(payload) from public.sale",
    "select sale_id, item from public.sale, jsonb_array_elements_text(payload -> 'list') as item",
    "select key, value from public.sale, jsonb_each_text(payload) limit 3",
    'select * from jsonb_to_recordset(\'[{"a": 1, "b": "x"}]\') as found (a integer, b text)',
    "select jsonb_path_query(payload, '$.list[*]'), jsonb_path_exists(payload, '$.id'), jsonb_set(payload, '{id}', '2'), jsonb_pretty(payload), note -> 'id' from public.sale",
    "select row_to_json(sale), to_jsonb(sale) - 'payload', json_build_array(1, 'a') from public.sale",
    "select unnest(tags), array_length(tags, 1), cardinality(tags), tags[1], tags || array['c'], 'a' = any(tags), array_position(tags, 'a'), array_to_string(tags, ',') from public.sale",
    "select tags && array['a'], tags @> array['a'], string_to_array('a,b', ','), array(select 1), array_remove(tags, 'a') from public.sale",
    "select sale_id, tag, place from public.sale, unnest(tags) with ordinality as found (tag, place)",
    "select span @> 3, lower(span), upper(span), span && int4range(1, 3), isempty(span), int4range(1, 3) * int4range(2, 5) from public.sale",
    "select range_agg(span), range_intersect_agg(span) from public.sale",
    "select area <-> point(0, 0), network << '10.0.0.0/8', host(network), masklen(network), encode(bytes, 'hex'), length(bytes), flags & b'1000', md5(state), sha256(bytes) from public.sale",
    "select search @@ to_tsquery('simple', 'sale & number'), ts_rank(search, plainto_tsquery('simple', 'sale')), ts_headline('simple', state, to_tsquery('simple', 'paid')) from public.sale",
    "with recursive steps as (select 1 as n union all select n + 1 from steps where n < 10) select sum(n) from steps",
    "with first as materialized (select * from public.sale), second as (select customer_id, max(amount) as amount from first group by 1) select * from first join second using (customer_id, amount)",
    "select one.sale_id, other.sale_id from public.sale as one left join public.sale as other on other.customer_id = one.customer_id and other.sale_id > one.sale_id",
    "select one.sale_id from public.sale as one natural join (select sale_id from public.sale) as other",
    "select one.day, other.amount from public.daily as one full join public.daily as other on one.day = other.day + 1 cross join (values (1)) as numbers (n)",
    "select sale.sale_id, latest.amount from public.sale cross join lateral (select amount from public.sale as other where other.customer_id = sale.customer_id order by sold_at desc limit 1) as latest",
    "select sale_id from public.sale where exists (select from public.daily where daily.day = sale.day) and customer_id in (select customer_id from public.sale) and amount > all (select 0) and (sale_id, customer_id) in ((1, 1), (2, 2))",
    "select distinct on (customer_id) customer_id, sold_at from public.sale order by customer_id, sold_at desc",
    "select sale_id from public.sale union select 1 union all select 2 intersect select 2 except select 3",
    "select (select max(amount) from public.daily), array(select day from public.daily order by 1 limit 2), row(1, 'a'), (1, 2) < (2, 1)",
    "select * from public.daily where day >= date '2025-01-05' and not (amount < 3 or amount is null) and day between symmetric date '2025-03-01' and date '2025-01-01'",
    "select 'low'::public.mood < 'high', enum_range(null::public.mood), 3::public.positive + 1",
    "select public.doubled(sale_id), public.label(sale_id) from public.sale",
    "select * from public.sale tablesample bernoulli (50) repeatable (1)",
    "select sale_id from public.sale order by random() limit 3",
    'select sale_id, state collate "C" from public.sale order by state collate "C"',
    "select sale_id from public.sale order by amount desc fetch first 3 rows with ties",
    "select table_schema, table_name, column_name, data_type from information_schema.columns where table_schema = 'public'",
    "select relname, pg_size_pretty(pg_total_relation_size(oid)), obj_description(oid), reltuples from pg_class where relkind = 'r'",
    "select pg_get_viewdef('public.daily'::regclass), pg_get_constraintdef(oid), pg_get_indexdef(indexrelid) from pg_constraint, pg_index limit 1",
    "select pid, state, query, now() - query_start from pg_stat_activity",
    "select current_user, session_user, current_database(), version(), current_setting('server_version'), pg_backend_pid(), inet_server_port()",
    "select has_table_privilege('public.sale', 'select'), to_regclass('public.sale'), format_type(atttypid, atttypmod) from pg_attribute limit 1",
    "select xmlelement(name a, state), xmlforest(state) from public.sale limit 1",
    "select sum(amount) over (), 100 * amount / sum(amount) over () as share, count(*) over (partition by state) from public.sale",
    "select to_number('1,234.5', '9,999.9'), to_date('2025-01-02', 'YYYY-MM-DD'), to_timestamp(0), to_timestamp('2025', 'YYYY'), timezone('UTC', now()), extract(epoch from interval '1 hour')",
    "select gen_random_uuid() is not null, hashtext('a'), num_nulls(1, null), pg_typeof(1), ascii('a'), chr(97), repeat('a', 3), unistr('\\0061')",
    "select customer_id, jsonb_agg(jsonb_build_object('id', sale_id) order by sale_id) from public.sale group by customer_id",
    "explain select * from public.sale",
    "explain (verbose, costs off, format json) select * from public.daily",
    "explain (analyze, buffers, timing off) select * from public.daily",
];

describeOnBothDatabases("the guard", (test) => {
    beforeAll(async () => {
        await test.connected.query(setUp);
    });

    it("lets everyday questions through", { timeout: 120_000 }, async () => {
        expect(statements.length).toBeGreaterThan(60);
        const withXml = await test.connected.query("select 1 where xmlforest(1 as a) is not null").then(
            () => true,
            () => false,
        );
        for (const statement of statements.filter((each) => withXml || !each.includes("xml"))) {
            const outcome = await test.connected
                .withReadOnlyTransaction((connection) => connection.queryText(statement), { isGuarded: true })
                .then(
                    ({ fields }) => (fields.length > 0 ? "read" : "no columns"),
                    (error: unknown) => (error as Error).message,
                );
            expect.soft({ [statement]: outcome }).toEqual({ [statement]: "read" });
        }
    });

    it("follows what compares a type once there is a value of it", async () => {
        await expect(
            test.connected.withReadOnlyTransaction(
                (connection) => connection.queryText("select sale_id from public.sale order by bytes::public.outline"),
                { isGuarded: true },
            ),
        ).rejects.toThrow("pg_try_advisory_lock() may do more than read");
    });

    it("takes no function for harmless that this server's catalog calls volatile, but those that were looked at", async () => {
        const { rows } = await test.connected.query<{ name: string }>(
            "select distinct proname as name from pg_proc where pronamespace = 'pg_catalog'::regnamespace and provolatile = 'v' order by 1",
        );
        const looked = new Set(
            readFileSync(join(packageFolder, "tools/list-harmless-functions.js"), "utf8").match(/\w+/g),
        );
        const taken = rows.map(({ name }) => name).filter(isHarmlessName);
        expect(taken).toContain("clock_timestamp");
        expect(taken.filter((name) => !looked.has(name))).toEqual([]);
        expect(rows.map(({ name }) => name).filter((name) => !isHarmlessName(name))).toEqual(
            expect.arrayContaining(["pg_terminate_backend", "pg_read_file", "set_config", "nextval", "pg_reload_conf"]),
        );
    });
});
