import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { StatementError } from "../../../src/database/errors.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import { countCases } from "../../setup/effort.js";
import { targetSql } from "./attacks.js";
import { loadDatabaseState } from "./database-state.js";

/** Functions of one argument that do more than read, with a value for it. */
const harmful = fc.constantFrom(
    ["pg_try_advisory_lock", "7::bigint"],
    ["pg_terminate_backend", "1"],
    ["pg_read_file", "'PG_VERSION'::text"],
    ["pg_drop_replication_slot", "'slot'::name"],
    ["nextval", "'public.counter'::regclass"],
    ["lo_unlink", "4711::oid"],
    ["setseed", "0.5::float8"],
    ["lock_number", "1"],
    ["lock_pair", "null::public.pair"],
);

const quoted = (name: string): string => `"${name}"`;

const escaped = (name: string): string => `U&"${name.replaceAll("_", "\\005f")}"`;

const capitals = (name: string): string => name.toUpperCase();

const spellings = fc.constantFrom((name: string) => name, quoted, escaped, capitals);

type Notation = (name: string, value: string) => string;

/** PostgreSQL looks such a function up among its own only. */
const treat: Notation = (name, value) => `treat((${value}) as ${name})`;

/** How an expression can call a function of one argument. */
const notations = fc.constantFrom<Notation>(
    (name, value) => `${name}(${value})`,
    (name, value) => `${name} /* ( */ -- (\n (${value})`,
    (name, value) => `(${value}).${name}`,
    (name, value) => `((${value}).${name})::text`,
    treat,
    (name, value) => `(select rows.${name} from (select ${value} as a) as rows)`,
    (name, value) => `(select rows.${name} from coalesce(${value}) as rows)`,
    (name, value) => `(select 1 from ${name}(${value}))`,
    (name, value) => `(select 1 from rows from (${name}(${value}), now()) with ordinality)`,
    (name, value) => `(select 1 from lateral ${name}(${value}) as called)`,
);

/** Where an expression can stand in another. */
const places = fc.constantFrom<(expression: string) => string>(
    (expression) => `coalesce(${expression})`,
    (expression) => `case when true then (${expression})::text else 'no' end`,
    (expression) => `(select (${expression})::text)`,
    (expression) => `array[(${expression})::text]`,
    (expression) => `row(1, ${expression})`,
    (expression) => `(${expression}) is not null`,
    (expression) => `(${expression})::text like 'x%'`,
    (expression) => `(${expression})::text in ('a', 'b')`,
    (expression) => `(with called as materialized (select (${expression})::text as a) select a from called)`,
    (expression) => `(select count(*) filter (where (${expression}) is not null) from public.note)`,
    (expression) => `(select max(id) over (order by (${expression})::text) from public.note limit 1)`,
    (expression) => `(select string_agg(body, ',' order by (${expression})::text) from public.note)`,
    (expression) => `(select 1 from public.note group by (${expression})::text having true limit 1)`,
    (expression) => `(select 1 from public.note order by (${expression})::text limit 1)`,
    (expression) => `(select 1 from public.note as a join public.note as b on (${expression}) is null limit 1)`,
    (expression) => `(values ((${expression})::text))`,
    (expression) => `xmlelement(name a, (${expression})::text)`,
    (expression) => `jsonb_build_object('a', (${expression})::text) -> 'a'`,
);

const statements = fc
    .tuple(harmful, spellings, notations, fc.array(places, { maxLength: 3 }), fc.boolean())
    .filter(([[name], , notate]) => notate !== treat || !["lock_number", "lock_pair"].includes(name))
    .map(([[name = "", value = ""], spell, notate, wrappers, isExplained]) => {
        const expression = wrappers.reduce((inner, place) => place(inner), notate(spell(name), value));
        return `${isExplained ? "explain " : ""}select ${expression}`;
    });

describeOnBothDatabases("a function that does more than read", (test) => {
    beforeAll(async () => {
        await test.connected.withTransaction((connection) => connection.query(targetSql));
    });

    it("is refused in every notation, and nothing is changed", async () => {
        const before = await loadDatabaseState(test.connected);
        await fc.assert(
            fc.asyncProperty(statements, async (sql) => {
                const error: unknown = await test.connected
                    .withReadOnlyTransaction((connection) => connection.query(sql), {
                        isGuarded: true,
                        roleSettings: ["search_path"],
                    })
                    .catch((caught: unknown) => caught);
                expect(error).toBeInstanceOf(StatementError);
                expect((error as StatementError).sqlState).toBe("25006");
            }),
            { numRuns: countCases(150) },
        );
        expect(await loadDatabaseState(test.connected)).toEqual(before);
    });
});
