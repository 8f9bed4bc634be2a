import { beforeAll, describe, expect, it } from "vitest";
import { quoteIdentifier } from "../../src/sql/identifiers.js";
import type { GridView } from "../../src/browse/grid-view.js";
import { loadCell, loadRow } from "../../src/browse/load-row.js";
import { openQuery } from "../../src/browse/open-query.js";
import { makeGridView } from "../../src/browse/grid-view.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { cellsOf, keyOf, loadRows, openView, readOptions, walk } from "./sample-rows.js";

/** Values of each type, as literals, null not among them. */
const values: Readonly<Record<string, readonly string[]>> = {
    boolean: ["true", "false"],
    smallint: ["-32768", "7"],
    bigint: ["9223372036854775807", "-1"],
    numeric: ["'NaN'", "1.0", "1.00", "-0.000000000000000000001", "'Infinity'", `1${"0".repeat(400)}`],
    real: ["'NaN'", "'-Infinity'", "0.1", "1e-40", "-0.0"],
    "double precision": ["'NaN'", "'Infinity'", "0.1", "1e300", "0.30000000000000004"],
    money: ["'$1,234.50'", "'-$0.01'"],
    text: ["''", "' '", "E'two\\nlines'", "'O''Brien'", "'🦊 \u202eabc'", "E'\\x1b[31mred'", `repeat('x', 500)`],
    "varchar(5)": ["'abc  '", "'abc'", "'äöüß€'"],
    "char(5)": ["'ab'", "'a'", "''"],
    '"char"': ["'a'", "'b'"],
    name: ["'one'", "'two'"],
    bytea: ["''", "'\\x00ff'", "decode(repeat('ab', 400), 'hex')"],
    date: ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'2024-02-29'"],
    timestamp: ["'infinity'", "'2024-03-31 02:30:00.000001'", "'0001-01-01 BC'"],
    timestamptz: ["'-infinity'", "'2024-03-31 02:30:00.5+02'"],
    time: ["'24:00'", "'00:00:00.000001'"],
    timetz: ["'12:00+02'", "'10:00+00'"],
    interval: ["'1 month'", "'30 days'", "'-1 year 3 hours'"],
    uuid: ["'00000000-0000-0000-0000-000000000001'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    inet: ["'10.0.0.1/8'", "'::1'"],
    jsonb: [`'{"a": [1, null]}'`, "'null'", `'"text"'`],
    "integer[]": ["'{}'", "'{1,NULL,3}'", "'[2:3]={1,2}'", "'{{1,2},{3,4}}'"],
    "text[]": [`'{"a,b","c\\"d",NULL,"NULL"}'`, "'{}'"],
    int4range: ["'empty'", "'[1,5)'", "'(,3]'"],
    tstzrange: ["'[2024-01-01,infinity)'", "'(,)'"],
    int4multirange: ["'{[1,2), [5,9)}'", "'{}'"],
    "odd.mood": ["'sad'", "'it''s ok, \"really\"'"],
    "odd.pair": ["row(1, 'a,b')", "row(null, '(')"],
    "odd.small": ["3", "9"],
    "odd.small[]": ["array[3, null]::odd.small[]", "'{}'"],
    bit: ["'1'", "'0'"],
    tsvector: ["'a fat cat'", "''"],
};
/** These have no order. */
const unordered: Readonly<Record<string, readonly string[]>> = {
    json: [`'{"a":  1}'`, "'[1, 2]'"],
    xml: ["'<a>1</a>'", "'<b/>'"],
    point: ["'(1,2)'", "'(NaN,0)'"],
    box: ["'((1,2),(0,0))'", "'((3,4),(0,0))'"],
    xid: ["'1'", "'2'"],
};
const types = Object.keys({ ...values, ...unordered });

async function createOddRows({ connected }: TestDatabase): Promise<void> {
    await connected.query("create schema odd");
    await connected.query(`create type odd.mood as enum ('sad', 'it''s ok, "really"')`);
    await connected.query("create type odd.pair as (left_part integer, right_part text)");
    await connected.query("create domain odd.small as integer");
    const columns = types.map((type) => `${quoteIdentifier(type)} ${type}`);
    await connected.query(`create table odd."All ""types""" (${columns.join(", ")})`);
    const rows = Array.from({ length: 23 }, (_, row) =>
        types.map((type, column) => {
            const of = { ...values, ...unordered }[type] ?? [];
            // Each column has a rhythm of its own, with nulls in it.
            return of[Math.floor((row * (column + 3)) / 2) % (of.length + 1)] ?? "null";
        }),
    );
    for (const row of rows) {
        await connected.query(`insert into odd."All ""types""" values (${row.join(", ")})`);
    }
    // Values that were there before need not pass.
    await connected.query("alter domain odd.small add check (value < 5) not valid");
}

async function readTexts({ connected }: TestDatabase, sql: string): Promise<readonly (readonly (string | null)[])[]> {
    return (await connected.withTransaction((connection) => connection.queryText(sql))).rows;
}

describeOnBothDatabases("values of every type", (database) => {
    let view: GridView;

    beforeAll(async () => {
        await createOddRows(database);
        view = await openView(database.connected, "odd", 'All "types"');
    });

    it("are read as PostgreSQL writes them, long ones clipped", async () => {
        const rows = await readTexts(database, `select * from odd."All ""types"""`);
        const clipped = rows.map((row) =>
            row.map((value) => (value !== null && value.length > 300 ? value.slice(0, 300) : value)),
        );
        const page = await loadRows(database.connected, view, { at: "start" }, 100);
        expect(cellsOf(page.rows)).toEqual(clipped);
        const sizes = page.rows.flatMap(({ clippedBytes }) => Object.values(clippedBytes));
        expect(new Set(sizes)).toEqual(new Set([401, 500, 400]));
    });

    it.each(Object.keys(values))("of %s can be sorted, and each row's neighbours are right", async (column) => {
        for (const descending of [false, true]) {
            const sorted = { ...view, columns: [column], sorts: [{ column, descending }] };
            const [direction, nulls] = descending ? [" desc", " nulls last"] : ["", ""];
            const expected = await readTexts(
                database,
                `select ${quoteIdentifier(column)} from odd."All ""types"""
                order by ${quoteIdentifier(column)}${direction}${nulls}, ctid${direction}`,
            );
            const clipped = expected.map(([value]) => [value?.slice(0, 300) ?? null]);
            expect(cellsOf(await walk(database.connected, sorted, "forward", 9))).toEqual(clipped);
            expect(cellsOf(await walk(database.connected, sorted, "backward", 9))).toEqual(clipped.toReversed());
        }
    });

    it.each(Object.keys(unordered))("of %s cannot be sorted, and it says why", async (column) => {
        const sorted = { ...view, sorts: [{ column, descending: false }] };
        await expect(loadRows(database.connected, sorted, { at: "start" }, 4)).rejects.toMatchObject({
            code: "usage",
            message: `Values of type ${column} have no order, so it cannot be sorted.`,
        });
    });

    it("can be filtered by each of their own values", async () => {
        const { rows } = await loadRows(database.connected, view, { at: "start" }, 100);
        for (const [index, column] of view.columns.entries()) {
            const row = rows.find(({ cells, clippedBytes }) => cells[index] !== null && !(index in clippedBytes));
            const value = row?.cells[index] ?? "";
            const filtered = { ...view, columns: [column], filters: [{ column, operator: "=", value } as const] };
            const found = await loadRows(database.connected, filtered, { at: "start" }, 100);
            expect([column, cellsOf(found.rows)]).toEqual([column, expect.arrayContaining([[value]])]);
        }
    });

    it("are given whole on demand", async () => {
        const rows = await readTexts(database, `select * from odd."All ""types"""`);
        const page = await loadRows(database.connected, { ...view, columns: ["text"] }, { at: "start" }, 100);
        for (const [index, cells] of rows.entries()) {
            const row = await loadRow(database.connected, view, keyOf(page.rows[index]), {
                ...readOptions,
                clipCharacters: 100_000,
            });
            expect(row).toMatchObject({ cells, clippedBytes: {}, key: page.rows[index]?.key });
        }
    });
});

describeOnBothDatabases("loadCell", (database) => {
    let view: GridView;

    beforeAll(async () => {
        await database.connected.query("create schema big");
        await database.connected.query(
            `create table big.cells as
            select 1 as id, repeat('äbc ', 1250000) as text, decode(repeat('00ff', 3000000), 'hex') as bytes,
                ('{"list": [' || repeat('12345, ', 100000) || '0]}')::json as payload, null::text as nothing`,
        );
        view = await openView(database.connected, "big", "cells");
    });

    it("gives megabytes whole, and cuts what has more than ten million characters", async () => {
        const page = await loadRows(database.connected, view, { at: "start" }, 10);
        const [row] = page.rows;
        expect(row?.cells.map((cell) => cell?.length ?? null)).toEqual([1, 300, 300, 300, null]);
        expect(row?.clippedBytes).toEqual({ 1: 6_250_000, 2: 6_000_000, 3: 700_013 });
        const load = (column: string): ReturnType<typeof loadCell> =>
            loadCell(database.connected, view, keyOf(row), column, readOptions);
        expect(await load("text")).toEqual({ text: "äbc ".repeat(1_250_000), bytes: 6_250_000, isWhole: true });
        const bytes = await load("bytes");
        expect([bytes?.text?.length, bytes?.bytes, bytes?.isWhole]).toEqual([10_000_000, 6_000_000, false]);
        expect(await load("payload")).toMatchObject({ bytes: 700_013, isWhole: true });
        expect(await load("nothing")).toEqual({ text: null, bytes: 0, isWhole: true });
        expect(await load("id")).toEqual({ text: "1", bytes: 1, isWhole: true });
    });

    it("gives null when the row is gone", async () => {
        const { rows } = await loadRows(database.connected, view, { at: "start" }, 10);
        const key = { ...keyOf(rows[0]), values: ["(7,7)"], identity: ["(7,7)"] };
        expect(await loadCell(database.connected, view, key, "text", readOptions)).toBeNull();
        expect(await loadRow(database.connected, view, key, readOptions)).toBeNull();
    });

    it("finds the row of a view or query by its place among the others, sorted or not", async () => {
        const sql =
            "select number, repeat('long ', number * 100) as text from generate_series(1, 9) as number order by 1 desc";
        const query = makeGridView(await openQuery(database.connected, sql, readOptions));
        for (const sorts of [[], [{ column: "number", descending: false }]]) {
            const sorted = { ...query, sorts };
            const page = await loadRows(database.connected, sorted, { at: "start" }, 10);
            const third = keyOf(page.rows[2]);
            const number = sorts.length === 0 ? 7 : 3;
            expect(await loadCell(database.connected, sorted, third, "text", readOptions)).toMatchObject({
                bytes: number * 500,
            });
            expect((await loadRow(database.connected, sorted, third, readOptions))?.cells[0]).toBe(String(number));
        }
    });
});

describe("a very wide table", () => {
    describeOnBothDatabases("of 1,600 columns", (database) => {
        it("is paged and searched like any other", async () => {
            const columns = Array.from({ length: 1600 }, (_, index) => `c${index} integer`);
            await database.connected.query("create schema wide");
            await database.connected.query(`create table wide.most (${columns.join(", ")})`);
            await database.connected.query(
                "insert into wide.most (c0, c1599) select number, -number from generate_series(1, 30) as number",
            );
            const view = await openView(database.connected, "wide", "most");
            const sorted = { ...view, sorts: [{ column: "c1599", descending: false }] };
            const rows = await walk(database.connected, sorted, "forward", 7);
            expect(rows.map(({ cells }) => cells[0])).toEqual(Array.from({ length: 30 }, (_, at) => String(30 - at)));
            expect(rows[0]?.cells).toHaveLength(1600);
        });
    });
});
