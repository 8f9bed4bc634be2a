/** Something that must not be done, in the shapes that a person can give it in. */
export interface Attack {
    readonly name: string;
    /** A whole statement, for `query` and the SQL prompt. */
    readonly statement: string;
    /** A condition, for `show --where` and the grid. */
    readonly condition: string;
}

/** What the attacks aim at, and what would help them: made before, by somebody who may write. */
export const targetSql = `
    create table public.note (id integer primary key, body text);
    insert into public.note select id, 'note ' || id from generate_series(1, 5) as id;
    create sequence public.counter;
    select lo_from_bytea(4711, 'abc');

    create function public.write_note() returns integer language plpgsql as
        $$begin delete from public.note; return 1; end$$;
    create function public.write_as_owner() returns integer language plpgsql security definer as
        $$begin insert into public.note values (99, 'written'); return 1; end$$;
    create function public.write_calmly() returns integer language plpgsql stable as
        $$begin delete from public.note; return 1; end$$;
    create function public.lock_calmly() returns boolean language plpgsql stable as
        $$begin perform /* only */ pg_advisory_lock(7); return true; end$$;
    create function public.lock_fixedly() returns boolean language sql immutable as 'select pg_try_advisory_lock(7)';
    create function public.lock_atomically() returns boolean stable begin atomic select pg_try_advisory_lock(7); end;
    create function public.lock_note(note public.note) returns boolean language sql as 'select public.lock_fixedly()';
    create function public.lock_texts(one text, other text) returns boolean language sql as 'select public.lock_calmly()';
    create function public.lock_state(state boolean, next integer) returns boolean language sql as
        'select public.lock_calmly()';
    create function public.run_text(given text) returns integer language plpgsql stable as
        $$declare result integer; begin execute given into result; return result; end$$;
    create function public.lock_by_default(state boolean default pg_try_advisory_lock(7)) returns integer language sql as
        'select 1';
    create function public.lock_table() returns integer language plpgsql as
        $$begin lock table public.note in access exclusive mode; return 1; end$$;

    create view public.locking as select id, public.lock_calmly() as is_locked from public.note;
    create view public.far_from_locking as select id from public.locking where is_locked;
    create operator public.<~~> (leftarg = text, rightarg = text, function = public.lock_texts);
    create aggregate public.lock_all (integer) (sfunc = public.lock_state, stype = boolean, initcond = 'true');
    create domain public.locked_text as text check (public.lock_texts(value, value));
    create type public.pair as (one text, other text);
    create function public.lock_pair(pair public.pair) returns text language sql as
        'select public.lock_texts(''a'', ''b'')::text';
    create cast (public.pair as text) with function public.lock_pair(public.pair);
    create table public.pair_note (pair public.pair);

    create function public.reindex_note() returns integer language plpgsql as
        $$begin reindex table public.note; return 1; end$$;
    create function public.cluster_note() returns integer language plpgsql as
        $$begin cluster public.note using note_pkey; return 1; end$$;
    create function public.analyze_note() returns integer language plpgsql as
        $$begin analyze public.note; return 1; end$$;
    create function public.become() returns integer language plpgsql as
        $$begin set local role none; return 1; end$$;
    create function public.read_otherwise() returns integer language sql set standard_conforming_strings = off as 'select 1';
    create function public.lock_index() returns integer language plpgsql as
        $$declare numbers integer[]; begin numbers[public.lock_calmly()::integer] := 1; return 1; end$$;
    create function public.lock_at_error() returns integer language plpgsql as
        $$begin return 1; exception when others then perform public.lock_calmly(); return 2; end$$;
    create function public.lock_cursor() returns integer language plpgsql as
        $$declare rows cursor for select public.lock_calmly(); begin open rows; close rows; return 1; end$$;
    create function public.lock_number(number integer) returns integer language plpgsql immutable as
        $$begin perform pg_try_advisory_lock(7); return number; end$$;

    create domain public.locked_number as integer check (public.lock_calmly() and value > 0);
    create type public.holder as (number public.locked_number);
    create table public.held (number public.locked_number, holder public.holder, numbers public.locked_number[]);
    create domain public.locked_numbers as public.locked_number[];
    create function public.make_locked(out number public.locked_number) language sql as 'select 1';
    create table public.guarded (id integer);
    alter table public.guarded enable row level security;
    create policy guarding on public.guarded using (exists (select from public.note where public.lock_calmly()));
    create table public.indexed (id integer);
    create index on public.indexed (public.lock_number(id));
    create table public.parent (id integer);
    create table public.child (check (public.lock_number(id) > 0)) inherits (public.parent);
    create table public.sheet (id integer);
    create function public.write_row(sheet public.sheet) returns text language sql as
        'select public.lock_texts(''a'', ''b'')::text';
    create cast (public.sheet as text) with function public.write_row(public.sheet);
    create type public.mood as enum ('good', 'bad');
    create function public.compare_moods(one public.mood, other public.mood) returns integer language sql immutable as
        'select public.lock_number(0)';
    create function public.is_less(one public.mood, other public.mood) returns boolean language sql immutable as
        'select public.lock_number(0) = 0';
    create operator public.<<< (leftarg = public.mood, rightarg = public.mood, function = public.is_less);
    create operator public.<<= (leftarg = public.mood, rightarg = public.mood, function = public.is_less);
    create operator public.=== (leftarg = public.mood, rightarg = public.mood, function = public.is_less);
    create operator public.>>= (leftarg = public.mood, rightarg = public.mood, function = public.is_less);
    create operator public.>>> (leftarg = public.mood, rightarg = public.mood, function = public.is_less);
    create operator class public.mood_ops default for type public.mood using btree as
        operator 1 public.<<<, operator 2 public.<<=, operator 3 public.===, operator 4 public.>>=, operator 5 public.>>>,
        function 1 public.compare_moods(public.mood, public.mood);
    create table public.moody (mood public.mood);
    create operator public.!!! (rightarg = bigint, function = pg_try_advisory_lock);
    create aggregate public.lock_last (bigint) (sfunc = int8larger, stype = bigint, finalfunc = pg_try_advisory_lock);

    create procedure public.tidy() language plpgsql as $$begin delete from public.note; commit; end$$;`;

function ofExpression(name: string, expression: string): Attack {
    return { name, statement: `select ${expression}`, condition: `(${expression}) is not null` };
}

function ofSelect(name: string, statement: string): Attack {
    return { name, statement, condition: `exists (${statement})` };
}

/** Text that is no expression: as a condition it stands behind one. */
function ofText(name: string, statement: string): Attack {
    return { name, statement, condition: `true; ${statement}` };
}

/** @param pid the backend of somebody else */
export function listAttacks(pid: number | null, file: string): readonly Attack[] {
    return [
        ofText("several statements", "select 1; delete from public.note"),
        ofText("the end of the transaction", "commit; drop table public.note"),
        ofText("only the end of the transaction", "commit"),
        ofText(
            "the end of the transaction and a new one",
            "rollback; begin read write; delete from public.note; commit",
        ),
        {
            name: "the end of our brackets",
            statement: "select 1) as x where $1::boolean; commit; drop table public.note; --",
            condition: "true); commit; drop table public.note; --",
        },
        {
            name: "the end of our brackets, and of a comment in them",
            statement: "select 1 /* */) as x; delete from public.note; /* */ --",
            condition: "true /* */); delete from public.note; /* */ --",
        },
        ofText("set transaction read write", "set transaction read write"),
        ofText("set session characteristics", "set session characteristics as transaction read write"),
        ofText("set default_transaction_read_only", "set default_transaction_read_only = off"),
        ofExpression("set_config for the transaction", "set_config('transaction_read_only', 'off', true)"),
        ofExpression("set_config for the session", "set_config('default_transaction_read_only', 'off', false)"),
        ofExpression("set_config of the role", "set_config('role', 'none', false)"),
        ofText("a DO block", "do $$ begin delete from public.note; end $$"),
        ofText("insert", "insert into public.note values (6, 'six')"),
        ofText("update", "update public.note set body = ''"),
        ofText("delete", "delete from public.note"),
        ofText("truncate", "truncate public.note"),
        ofText(
            "merge",
            "merge into public.note using public.note as other on false when not matched then insert values (7)",
        ),
        ofText("a writing WITH", "with gone as (delete from public.note returning id) select id from gone"),
        ofText("select into", "select * into public.other from public.note"),
        ofText("create table as", "create table public.other as select 1 as one"),
        ofText("a temporary table", "create temporary table other (one integer)"),
        ofText("select into a temporary table", "select 1 as one into temporary other"),
        ofSelect("row locks", "select id from public.note for update"),
        ofText("lock table", "lock table public.note in access exclusive mode"),
        ofText("explain analyze insert", "explain analyze insert into public.note values (8, 'eight')"),
        ofText("explain analyze of a function that writes", "explain (analyze) select public.write_note()"),
        ofText("explain analyze create table as", "explain analyze create table public.other as select 1 as one"),
        ofText("a prepared statement", "prepare gone as delete from public.note"),
        ofText("execute", "execute gone"),
        ofText("a cursor", "declare gone cursor with hold for select public.write_note()"),
        ofText("call", "call public.tidy()"),
        ofText("copy to a program", `copy public.note to program 'cat > ${file}'`),
        ofText("copy to a file", `copy public.note to '${file}'`),
        ofText("copy from a program", "copy public.note from program 'echo 9'"),
        ofText("vacuum", "vacuum public.note"),
        ofText("discard", "discard all"),
        ofText("listen", "listen rumours"),
        ofText("notify", "notify rumours"),
        ofText("security label", "comment on table public.note is 'gone'"),
        ofExpression("nextval", "nextval('public.counter')"),
        ofExpression("setval", "setval('public.counter', 100)"),
        ofExpression("pg_terminate_backend", `pg_terminate_backend(${String(pid)})`),
        ofExpression("pg_cancel_backend", `pg_cancel_backend(${String(pid)})`),
        ofExpression("an advisory lock", "pg_advisory_lock(7)"),
        ofExpression("an advisory lock of the transaction", "pg_advisory_xact_lock(7)"),
        ofExpression("an advisory lock that is tried", "pg_try_advisory_lock(7)"),
        ofExpression("the release of advisory locks", "pg_advisory_unlock_all()"),
        ofExpression("lo_create", "lo_create(4712)"),
        ofExpression("lo_from_bytea", "lo_from_bytea(4712, 'abc')"),
        ofExpression("lo_put", "lo_put(4711, 0, 'xyz')"),
        ofExpression("lo_unlink", "lo_unlink(4711)"),
        ofExpression("lo_import", "lo_import('/etc/hostname')"),
        ofExpression("lo_export", `lo_export(4711, '${file}')`),
        ofExpression("lo_open for writing", "lowrite(lo_open(4711, 131072), 'xyz')"),
        ofExpression("pg_reload_conf", "pg_reload_conf()"),
        ofExpression("pg_rotate_logfile", "pg_rotate_logfile()"),
        ofExpression("pg_switch_wal", "pg_switch_wal()"),
        ofExpression("pg_create_restore_point", "pg_create_restore_point('here')"),
        ofExpression("pg_logical_emit_message", "pg_logical_emit_message(false, 'rumours', 'psst')"),
        ofExpression("pg_create_physical_replication_slot", "pg_create_physical_replication_slot('slot')"),
        ofExpression("pg_read_file", "pg_read_file('PG_VERSION')"),
        ofExpression("pg_ls_dir", "pg_ls_dir('.')"),
        ofExpression("pg_notify", "pg_notify('rumours', 'psst')"),
        ofExpression("pg_stat_reset", "pg_stat_reset()"),
        ofExpression("txid_current", "txid_current()"),
        ofExpression("pg_current_xact_id", "pg_current_xact_id()"),
        ofExpression("pg_export_snapshot", "pg_export_snapshot()"),
        ofExpression("setseed", "setseed(0.5)"),
        ofExpression("query_to_xml", "query_to_xml('select pg_advisory_lock(7)', true, true, '')"),
        ofExpression("table_to_xml", "table_to_xml('public.locking', true, true, '')"),
        ofExpression("ts_stat", "ts_stat('select to_tsvector(pg_try_advisory_lock(7)::text)')"),
        ofExpression("cursor_to_xml", "cursor_to_xml('gone', 1, true, true, '')"),
        ofExpression("a function that writes", "public.write_note()"),
        ofExpression("a function that writes as its owner", "public.write_as_owner()"),
        ofExpression("a function that writes and is declared stable", "public.write_calmly()"),
        ofExpression("attribute notation", `(${String(pid)}).pg_terminate_backend`),
        ofExpression("attribute notation of a subquery", "(select 7).pg_try_advisory_lock"),
        ofSelect(
            "an attribute of rows that are numbers",
            "select rows.pg_try_advisory_lock from generate_series(1, 2) as rows",
        ),
        ofExpression("treat", "treat(7 as pg_try_advisory_lock)"),
        ofExpression("a file in attribute notation", "('PG_VERSION'::text).pg_read_file"),
        ofExpression("a named argument", "pg_notify(channel => 'rumours', payload => 'psst')"),
        ofExpression("the name of the database before it", "current_database.pg_catalog.pg_advisory_lock(7)"),
        ofExpression("a name with its own escape", "U&\"pg!005fadvisory_lock\" uescape '!' (7)"),
        ofSelect(
            "a column of XMLTABLE",
            "select 1 from xmltable('/a' passing '<a/>' columns b text default pg_notify('a', 'b')::text)",
        ),
        ofSelect("a sample", "select 1 from public.note tablesample bernoulli (pg_try_advisory_lock(7)::integer)"),
        ofSelect("a window", "select sum(id) over (order by pg_try_advisory_lock(7)) from public.note"),
        ofSelect("a filter", "select count(*) filter (where pg_try_advisory_lock(7)) from public.note"),
        ofSelect("an ordered set", "select mode() within group (order by pg_try_advisory_lock(7)) from public.note"),
        ofExpression("a subscript", "(array[1])[pg_try_advisory_lock(7)::integer]"),
        ofExpression("the input function of domains", "domain_in('1', 'public.locked_number'::regtype::oid, -1)"),
        ofExpression("ts_rewrite with SQL", "ts_rewrite('a'::tsquery, 'select pg_advisory_lock(7)')"),
        ofExpression("a comment before the bracket", "pg_advisory_lock /* /* */ */ -- so\n (7)"),
        ofExpression("a quoted name", 'pg_catalog . "pg_advisory_lock" (7)'),
        ofExpression("a name in capitals", "PG_ADVISORY_LOCK(7)"),
        ofExpression("a name with Unicode escapes", 'U&"pg\\005fadvisory_lock"(7)'),
        ofExpression("a string that goes on in the next line", "E'a'\n'\\'' || pg_try_advisory_lock(7) || 'b'"),
        ofExpression("a string whose backslash is none", "'\\' || pg_try_advisory_lock(7) || '\\'"),
        ofExpression("dollar quotes around something else", "$a$ $$ $a$ || pg_try_advisory_lock(7) || $$ $a$ $$"),
        ofSelect("a function in FROM", "select 1 from pg_advisory_lock(7)"),
        ofSelect("a function in ROWS FROM", "select 1 from rows from (pg_advisory_lock(7), now())"),
        ofSelect("a function in LIMIT", "select 1 limit (select 1 from pg_advisory_lock(7))"),
    ];
}

/** What only leads to a side effect by what others have defined: these are held off where nothing may be written. */
export function listHiddenAttacks(): readonly Attack[] {
    return [
        ofExpression("a function declared stable", "public.lock_calmly()"),
        ofExpression("a function declared immutable", "public.lock_fixedly()"),
        ofExpression("a function with a parsed body", "public.lock_atomically()"),
        ofExpression("the default of an argument", "public.lock_by_default()"),
        ofExpression("a function that runs text", "public.run_text('select 1 from pg_advisory_lock(7)')"),
        ofExpression("a function that locks a table", "public.lock_table()"),
        ofSelect("a function written as an attribute", "select note.lock_note from public.note"),
        ofSelect("a view", "select * from public.locking"),
        ofSelect("a view over a view", "table public.far_from_locking"),
        ofExpression("an operator", "'a' <~~> 'b'"),
        ofExpression("an operator by its full name", "'a' operator(public.<~~>) 'b'"),
        ofSelect("an aggregate", "select public.lock_all(id) from public.note"),
        ofExpression("the check of a domain", "'a'::public.locked_text"),
        ofExpression("a cast", "row('a', 'b')::public.pair::text"),
        ofSelect("a cast by concat", "select concat(pair) from public.pair_note"),
        ofSelect("a cast of a whole row", "select sheet::text from public.sheet as sheet"),
        ofExpression("REINDEX", "public.reindex_note()"),
        ofExpression("CLUSTER", "public.cluster_note()"),
        ofExpression("ANALYZE", "public.analyze_note()"),
        ofExpression("SET", "public.become()"),
        ofExpression("a function's own setting", "public.read_otherwise()"),
        ofExpression("a subscript that is assigned to", "public.lock_index()"),
        ofExpression("an exception handler", "public.lock_at_error()"),
        ofExpression("a declared cursor", "public.lock_cursor()"),
        ofSelect("a column of a domain", "select number from public.held"),
        ofSelect("a field of a domain", "select holder from public.held"),
        ofSelect("an array of a domain", "select numbers from public.held"),
        ofExpression("a field of a domain that is cast to", "'(1)'::public.holder"),
        ofExpression("a domain over an array of a domain", "'{1}'::public.locked_numbers"),
        ofSelect(
            "a domain in a column definition list",
            "select * from jsonb_to_record('{}') as row (a public.locked_number)",
        ),
        ofExpression("an OUT argument of a domain", "public.make_locked()"),
        ofSelect("a subquery in a policy", "select * from public.guarded"),
        ofSelect("the expression of an index", "select * from public.indexed"),
        ofSelect("the constraint of a child", "select * from public.parent"),
        ofSelect("DISTINCT by an operator class", "select distinct mood from public.moody"),
        ofSelect("GROUP BY by an operator class", "select mood from public.moody group by mood"),
        ofSelect("PARTITION BY by an operator class", "select count(*) over (partition by mood) from public.moody"),
        ofExpression("an operator for a function of PostgreSQL's own", "operator(public.!!!) 7::bigint"),
        ofSelect("an aggregate of PostgreSQL's own functions", "select public.lock_last(id) from public.note"),
    ];
}

/** Another connection to the same database, which is in no READ ONLY transaction: an extension of PostgreSQL. */
export function listRemoteAttacks(connection: string): readonly Attack[] {
    const gone = "delete from public.note returning id";
    return [
        ofExpression("dblink_exec", `public.dblink_exec('${connection}', 'delete from public.note')`),
        ofSelect("dblink", `select id from public.dblink('${connection}', '${gone}') as note (id integer)`),
        ofExpression("dblink_connect", `public.dblink_connect('remote', '${connection}')`),
    ];
}

/** What people ask of a warehouse: all of it only reads. */
export const ordinaryQueries: readonly string[] = [
    "select now(), current_date, clock_timestamp(), random(), gen_random_uuid(), pg_sleep(0)",
    "select id, sum(id) over (order by id), rank() over (), lag(id) over (order by id) from public.note",
    "select day::date, to_char(day, 'YYYY-MM-DD'), date_trunc('week', day), age(day), extract(isodow from day) from generate_series(timestamp '2025-01-01', '2025-01-03', interval '1 day') as day",
    "select json_agg(note), jsonb_build_object('id', max(id)), string_agg(body, ', ' order by id) from public.note",
    "select percentile_cont(0.5) within group (order by id), count(*) filter (where id > 2), mode() within group (order by body) from public.note",
    "with recursive steps (n) as (select 1 union all select n + 1 from steps where n < 5) select * from steps",
    "select * from jsonb_to_recordset('[{\"a\": 1}]') as row (a integer)",
    "select regexp_replace(body, '\\d', 'x'), split_part(body, ' ', 1), upper(body), md5(body) from public.note where body ~ 'note' and body like '%1' or body ilike 'N%' escape '!'",
    "select id from public.note tablesample bernoulli (50) repeatable (1)",
    "select id, body from public.note group by grouping sets ((id, body), ()) order by 1 nulls first limit 2 offset 1",
    "select pg_size_pretty(pg_total_relation_size('public.note')), obj_description('public.note'::regclass)",
    "select * from pg_locks cross join pg_stat_activity limit 1",
    "select * from information_schema.columns limit 1",
    "values (1, 'do'), (2, 'set'), (3, 'pg_advisory_lock(7)')",
    "select 'lock' as \"set\", $$; drop table note$$ as copy -- ; delete from note",
    "table public.note",
    "(select 1) union (select 2)",
    "select public.double_sum(id), public.halve(max(id)), public.tidy_up(max(body)) from public.note",
    "select 'A b'::public.lower_text, public.classify(id) from public.note",
];

/** Functions of people's own that only read, declared so or not. */
export const ordinaryDefinitionsSql = `
    create function public.halve(whole numeric) returns numeric language sql immutable return whole / 2;
    create function public.tidy_up(given text) returns text language plpgsql as
        $$declare result text; begin result := trim(lower(given)); return coalesce(result, 'none'); end$$;
    create function public.classify(number integer) returns text language plpgsql stable as
        $$begin return (select case when count(*) > 2 then 'many' else 'few' end from public.note where id < number); end$$;
    create function public.add_double(state numeric, next numeric) returns numeric language sql immutable
        return state + 2 * next;
    create aggregate public.double_sum (numeric) (sfunc = public.add_double, stype = numeric, initcond = '0');
    create function public.is_lower(given text) returns boolean language plpgsql as 'begin return given is not null; end';
    create domain public.lower_text as text check (public.is_lower(value));`;
