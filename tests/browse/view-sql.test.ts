import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { describeOrder, sortCost } from "../../src/browse/describe-order.js";
import { buildFromSql } from "../../src/browse/from-sql.js";
import { makeGridView, type ColumnFilter, type GridView } from "../../src/browse/grid-view.js";
import { loadPage } from "../../src/browse/load-page.js";
import { openQuery } from "../../src/browse/open-query.js";
import { openRelation } from "../../src/browse/open-relation.js";
import type { Relation } from "../../src/browse/relation.js";
import { buildShowCommand } from "../../src/browse/show-command.js";
import { buildViewSql } from "../../src/browse/view-sql.js";
import type { TextRow } from "../../src/text/format-table.js";
import { typeIds } from "../../src/text/column-types.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { countCases } from "../setup/effort.js";
import { makeColumn, makeRelation } from "../tui/sample-grid.js";

const read = { signal: new AbortController().signal, timeoutMs: 60_000 };

const sales: Relation = {
    ...makeRelation([
        { ...makeColumn("week_start", 1082), castType: "date", isNullable: false },
        makeColumn("order", typeIds.integer),
        makeColumn("is_open", typeIds.boolean),
        makeColumn("note"),
        { ...makeColumn("ratio", typeIds.real), castType: "real" },
        {
            ...makeColumn("payload", typeIds.json),
            castType: "json",
            unsortableReason: "Values of type json have no order.",
            operatorSchema: "pg_catalog",
        },
    ]),
    primaryKey: ["week_start"],
    identity: { by: "key", columns: ["week_start"] },
    indexes: [
        { name: "mart_sales_pk", columns: [{ name: "week_start", descending: false }] },
        {
            name: "mart_sales_order_idx",
            columns: [
                { name: "order", descending: true },
                { name: "week_start", descending: false },
            ],
        },
    ],
};
const view = makeGridView(sales);

describe("buildViewSql", () => {
    it("lists columns, conditions and order, quoted only where they have to be", () => {
        const filtered: GridView = {
            ...view,
            columns: ["order", "note"],
            sorts: [{ column: "order", descending: true }],
            filters: [
                { column: "week_start", operator: ">=", value: "2024-01-01" },
                { column: "order", operator: "in", values: ["-1", "2"] },
                { column: "is_open", operator: "<>", value: "t" },
                { column: "note", operator: "contains", value: "50%" },
                { column: "note", operator: "=", value: "it's\u001b[2J\n" },
                { column: "ratio", operator: "=", value: "0.1" },
                { column: "payload", operator: "=", value: '{"a": 1}' },
                { column: "payload", operator: "is not null" },
            ],
            where: "note is null -- or not\n or true",
        };
        expect(buildViewSql(filtered)).toBe(
            String.raw`select
    "order",
    note
from marts.mart_sales
where
    week_start >= '2024-01-01'
    and "order" in (-1, 2)
    and is_open is distinct from true
    and note::text collate "default" ilike E'%50\\%%'
    and note = E'it''s\u001b[2J\n'
    and ratio = '0.1'
    and payload::text = '{"a": 1}'
    and payload is not null
    and (
note is null -- or not
 or true
)
order by "order" desc, week_start desc`,
        );
    });

    it("puts a single column, condition or order on one line", () => {
        const single: GridView = { ...view, columns: ["note"], where: "note is null" };
        expect(buildViewSql(single)).toBe(
            "select note\nfrom marts.mart_sales\nwhere (note is null)\norder by week_start",
        );
    });

    it("gives a query as it was written, and in brackets once it is filtered, sorted or narrowed", () => {
        const sql = "select status, count(*) as total,\n    'two\nlines' as total_2\nfrom orders group by status";
        const query: Relation = {
            ...makeRelation(["status", "total", "total_2"].map((name) => makeColumn(name))),
            kind: "query",
            source: { from: "query", sql },
            identity: { by: "position" },
        };
        expect(buildViewSql(makeGridView(query))).toBe(sql);
        expect(buildViewSql({ ...makeGridView(query), columns: ["status"] })).toBe(`select status
from (
    select status, count(*) as total,
        'two
lines' as total_2
    from orders group by status
) as result (status, total, total_2)`);
    });
});

describe("a descending order that no index gives", () => {
    it("has nulls last", () => {
        expect(buildViewSql({ ...view, columns: ["note"], sorts: [{ column: "note", descending: true }] })).toBe(
            "select note\nfrom marts.mart_sales\norder by note desc nulls last, week_start desc",
        );
    });
});

describe("describeOrder", () => {
    it.each<[Partial<GridView>, Partial<Relation>, string]>([
        [{}, {}, "in the order of the primary key (week_start): an index gives it"],
        [
            { sorts: [{ column: "order", descending: true }] },
            {},
            'sorted by "order" descending (nulls first), then by the primary key (week_start): ' +
                "an index gives the first part, the server sorts within it",
        ],
        [
            { sorts: [{ column: "note", descending: false }] },
            {},
            "sorted by note ascending, then by the primary key (week_start): " +
                "no index gives it, so the server sorts all rows",
        ],
        [
            { sorts: [{ column: "week_start", descending: true }] },
            {},
            "sorted by week_start descending: an index gives it",
        ],
        [{}, { identity: { by: "place", isPartitioned: false } }, "as they are stored: no sorting is needed"],
        [
            { sorts: [{ column: "order", descending: true }] },
            { identity: { by: "place", isPartitioned: false } },
            'sorted by "order" descending (nulls first), then as they are stored: ' +
                "an index gives the first part, the server sorts within it",
        ],
        [
            {},
            { identity: { by: "position" }, kind: "query", indexes: [] },
            "as the query gives them: no sorting is needed",
        ],
        [
            { sorts: [{ column: "note", descending: true }] },
            { identity: { by: "position" }, kind: "view", indexes: [] },
            "sorted by note descending, then by all columns: no index gives it, so the server sorts all rows",
        ],
        [
            {},
            { identity: { by: "key", columns: ["order"] } },
            'in the order of the unique key ("order"): an index gives it',
        ],
    ])("says %j of %j", (changes, relation, said) => {
        expect(describeOrder({ ...view, relation: { ...sales, ...relation }, ...changes })).toBe(said);
    });
});

describe("sortCost", () => {
    it.each<[GridView["sorts"], ReturnType<typeof sortCost>]>([
        [[], "index"],
        [[{ column: "week_start", descending: true }], "index"],
        [[{ column: "order", descending: false }], "partly"],
        [
            [
                { column: "order", descending: true },
                { column: "week_start", descending: false },
            ],
            "index",
        ],
        [
            [
                { column: "order", descending: false },
                { column: "week_start", descending: true },
            ],
            "index",
        ],
        [[{ column: "note", descending: false }], "sort"],
    ])("of %j is %s", (sorts, cost) => {
        expect(sortCost({ ...view, sorts })).toBe(cost);
    });
});

/** What the grid reads of the whole view. */
async function readView(test: TestDatabase, view: GridView): Promise<readonly TextRow[]> {
    const options = { ...read, pageRows: 1000, clipCharacters: 1000 };
    const { rows, hasAfter } = await loadPage(test.connected, view, { at: "start" }, options);
    expect(hasAfter).toBe(false);
    return rows.map(({ cells }) => cells);
}

function readText(test: TestDatabase, sql: string, values: readonly unknown[] = []): Promise<readonly TextRow[]> {
    return test.connected.withTransaction(async (connection) => (await connection.queryText(sql, values)).rows);
}

const setUp = [
    "create schema odd",
    `create type odd."Mood" as enum ('sad', 'it''s ok')`,
    "create type odd.pair as (left_part integer, right_part text)",
    "create domain odd.score as numeric check (value < 1000)",
    `create table odd."Sales ""of"" it" (
        "order" integer primary key, "Mood" odd."Mood", pair odd.pair, score odd.score, ratio real,
        precise double precision, note text, padded char(5), tags text[], payload json, at timestamptz, day date,
        is_open boolean, span interval, bytes bytea, mark uuid
    )`,
    `insert into odd."Sales ""of"" it"
    select
        number,
        case number % 3 when 0 then 'sad' when 1 then 'it''s ok' end::odd."Mood",
        case when number % 4 > 0 then (number % 2, 'a,"b')::odd.pair end,
        number % 5 + 0.50,
        number % 3 / 10.0::real,
        case number % 7 when 0 then 'NaN' when 1 then '-Infinity' else (number / 3.0)::text end::double precision,
        case number % 5 when 0 then null when 1 then e'it''s \\\\ 50%\n\u001b[2J' when 2 then '' else 'x' || number end,
        case when number % 2 = 0 then 'ab' end,
        array['a,b', null, '"'],
        '{"a": 1}',
        timestamptz '2024-01-01 00:00+00' + number % 6 * interval '1 hour',
        case number % 3 when 0 then 'infinity' else date '2024-01-01' + number end,
        number % 2 = 0,
        number % 3 * interval '1 day',
        '\\x00ff',
        '00000000-0000-0000-0000-000000000001'
    from generate_series(-10, 30) as number`,
    `create view odd.seen as select * from odd."Sales ""of"" it"`,
];

describeOnBothDatabases("buildViewSql", (test) => {
    let table: Relation;
    let seen: Relation;
    let query: Relation;

    beforeAll(async () => {
        for (const statement of setUp) {
            await test.connected.query(statement);
        }
        table = await openRelation(test.connected, { schema: "odd", name: 'Sales "of" it' }, read);
        seen = await openRelation(test.connected, { schema: "odd", name: "seen" }, read);
        query = await openQuery(
            test.connected,
            `select note, note || '\n' as note, "order" % 4 as "?column?" from odd.seen -- all`,
            read,
        );
    });

    it("gives the rows of any view", async () => {
        const samples = new Map<Relation, readonly TextRow[]>();
        for (const relation of [table, seen, query]) {
            samples.set(relation, await readText(test, `select * from ${buildFromSql(relation)}`));
        }
        const anyView = fc.constantFrom(table, seen, query).chain((relation) => {
            const names = relation.columns.map(({ name }) => name);
            const sortable = relation.columns.filter((column) => column.unsortableReason === null);
            const filter = fc
                .record({
                    at: fc.nat(names.length - 1),
                    row: fc.nat(40),
                    operator: fc.constantFrom("=", "<>", "<", ">=", "contains", "in", "is null", "is not null"),
                })
                .map(({ at, row, operator }): ColumnFilter => {
                    const column = names[at] ?? "";
                    const value = samples.get(relation)?.[row]?.[at] ?? null;
                    const isComparable = relation.columns[at]?.unsortableReason === null;
                    if (value === null || operator === "is null" || operator === "is not null") {
                        return { column, operator: operator === "is null" ? operator : "is not null" };
                    }
                    if (operator === "in") {
                        return { column, operator, values: [value, value] };
                    }
                    return { column, operator: isComparable ? operator : "=", value };
                });
            return fc.record({
                relation: fc.constant(relation),
                columns: fc.subarray(names, { minLength: 1 }),
                sorts: fc.array(
                    fc.record({
                        column: fc.constantFrom(...sortable.map(({ name }) => name)),
                        descending: fc.boolean(),
                    }),
                    { maxLength: 2 },
                ),
                filters: fc.array(filter, { maxLength: 2 }),
                where: fc.constantFrom(null, "true", "note is not null -- some\n or true"),
            });
        });
        await fc.assert(
            fc.asyncProperty(anyView, async (given) => {
                const expected = await readView(test, given);
                const rows = await readText(test, buildViewSql(given));
                const hasTotalOrder = given.relation.identity.by !== "position" || given.sorts.length === 0;
                const comparable = (all: readonly TextRow[]): readonly unknown[] =>
                    hasTotalOrder ? all : all.map((row) => JSON.stringify(row)).sort();
                expect(comparable(rows)).toEqual(comparable(expected));
            }),
            { numRuns: countCases(60) },
        );
    });
});

describeOnBothDatabases("buildShowCommand", { template: "built" }, (test) => {
    const program = join(import.meta.dirname, "../../dist/program/cli.js");

    /** What a shell prints that runs the command, as lines of JSON. */
    async function runInShell(command: string): Promise<readonly unknown[]> {
        const url = test.flags[1] === undefined ? {} : { DATABASE_URL: test.flags[1] };
        const { stdout } = await promisify(execFile)(
            "sh",
            ["-c", `stardeck() { '${process.execPath}' '${program}' --json "$@"; }\n${command}`],
            { cwd: test.workingFolder, env: { ...process.env, ...url } },
        );
        return stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as unknown]));
    }

    it("shows a model's view by name, with its conditions and columns", async () => {
        const registry = await loadRegistry(test.connected);
        const relation = await openRelation(test.connected, { schema: "marts", name: "mart_weekly_discounts" }, read);
        const given: GridView = {
            ...makeGridView(relation),
            columns: ["week_start", "order_count"],
            filters: [{ column: "week_start", operator: ">", value: "2025-02-17" }],
            where: "'it''s' <> '$HOME'",
        };
        const command = buildShowCommand(given, registry);
        expect(command).toBe(
            "stardeck show marts.mart_weekly_discounts --columns week_start,order_count " +
                String.raw`--where 'week_start > '\''2025-02-17'\'' and ('\''it'\'''\''s'\'' <> '\''$HOME'\'')' --limit 0`,
        );
        const rows = await readView(test, given);
        expect(rows.length).toBeGreaterThan(0);
        expect(await runInShell(command)).toEqual(
            rows.map(([week, count]) => ({ week_start: week, order_count: Number(count) })),
        );
    });

    it("runs the view's SQL where show cannot", async () => {
        const registry = await loadRegistry(test.connected);
        const sql = `-- all \`weeks\`\nselect week_start, '!"$HOME' as "it's" from marts.mart_weekly_discounts order by 1 desc`;
        const command = buildShowCommand(makeGridView(await openQuery(test.connected, sql, read)), registry);
        expect(command.startsWith("stardeck query -- '-- all `weeks`\nselect week_start,")).toBe(true);
        const { rows } = await test.connected.query(
            "select week_start from marts.mart_weekly_discounts order by week_start desc",
        );
        expect(rows.length).toBeGreaterThan(0);
        expect(await runInShell(command)).toEqual(rows.map((row) => ({ ...row, "it's": '!"$HOME' })));
    });
});
