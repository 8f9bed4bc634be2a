import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { makeGridView, type ColumnFilter, type GridView, type Sort } from "../../src/browse/grid-view.js";
import type { PagePosition } from "../../src/browse/row-page.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { countCases } from "../setup/effort.js";
import {
    cellsOf,
    createSampleRows,
    keyOf,
    loadRows,
    openSample,
    sampleColumns,
    sampleRelations,
    walk,
    type SampleRelation,
} from "./sample-rows.js";

const sorts: fc.Arbitrary<readonly Sort[]> = fc
    .shuffledSubarray([...sampleColumns], { maxLength: 3 })
    .chain((columns) =>
        fc.tuple(...columns.map((column) => fc.record({ column: fc.constant(column), descending: fc.boolean() }))),
    );

const filters: fc.Arbitrary<readonly ColumnFilter[]> = fc.subarray<ColumnFilter>(
    [
        { column: "code", operator: "<>", value: "3" },
        { column: "label", operator: "is not null" },
        { column: "amount", operator: ">", value: "0" },
        { column: "label", operator: "contains", value: "B" },
        { column: "ratio", operator: "in", values: ["NaN", "0.1", "Infinity"] },
    ],
    { maxLength: 1 },
);

const conditionOf: Readonly<Record<string, string>> = {
    "code<>": "code <> 3",
    "labelis not null": "label is not null",
    "amount>": "amount > 0",
    labelcontains: "label ilike '%b%'",
    ratioin: "ratio in ('NaN', 0.1, 'Infinity')",
};

const views = fc.record({
    relation: fc.constantFrom(...sampleRelations),
    sorts,
    filters,
    where: fc.constantFrom(null, "code > 1 or is_open"),
    pageRows: fc.integer({ min: 7, max: 130 }),
});

type SampleView = typeof views extends fc.Arbitrary<infer T> ? T : never;

async function makeView(database: Database, { relation, ...rest }: SampleView): Promise<GridView> {
    const view = makeGridView(await openSample(database, relation));
    return { ...view, sorts: rest.sorts, filters: rest.filters, where: rest.where };
}

/** The whole view by one plain statement: rows in their order as far as the sorts say it, as text. */
async function readWhole(
    database: Database,
    view: GridView,
    { relation, sorts: given, filters: conditions, where }: SampleView,
): Promise<readonly (readonly (string | null)[])[]> {
    const { source } = view.relation;
    const from = source.from === "query" ? `(${source.sql}) as result` : `sample.${relation}`;
    const all = [
        "true",
        ...(where === null ? [] : [`(${where})`]),
        ...conditions.map(({ column, operator }) => conditionOf[column + operator]),
    ];
    // Nulls come first only where an index has them first: read backwards, or made that way.
    const isIndexed = (last: number): boolean =>
        view.relation.indexes.some(
            ({ columns }) =>
                columns.length > last &&
                given
                    .slice(0, last + 1)
                    .every(
                        ({ column, descending }, at) =>
                            columns[at]?.name === column &&
                            (descending !== columns[at].descending) ===
                                (given[0]?.descending !== columns[0]?.descending),
                    ),
        );
    const order = given.map(
        ({ column, descending }, at) =>
            `${column} ${descending ? `desc ${isIndexed(at) ? "nulls first" : "nulls last"}` : "asc"}`,
    );
    const ties = tiesOf(relation, given);
    const orderBy = [...order, ...ties].length === 0 ? "" : ` order by ${[...order, ...ties].join(", ")}`;
    const { rows } = await database.withTransaction((connection) =>
        connection.queryText(`select ${view.columns.join(", ")} from ${from} where ${all.join(" and ")}${orderBy}`),
    );
    return rows.map((row) => row.map((value) => (value !== null && value.length > 300 ? value.slice(0, 300) : value)));
}

/** What follows the sorts; nothing where it is ours to choose. */
function tiesOf(relation: SampleRelation, given: readonly Sort[]): readonly string[] {
    const direction = given.at(-1)?.descending === true ? " desc" : "";
    return relation === "keyed"
        ? [`region${direction}`, `number${direction}`]
        : relation === "keyless"
          ? [`ctid${direction}`]
          : [];
}

function sortValues(view: GridView, rows: readonly (readonly (string | null)[])[]): readonly unknown[] {
    const valueOf = (row: readonly (string | null)[], column: string): string | null => {
        const value = row[view.columns.indexOf(column)] ?? null;
        // 1.0 and 1.00 are equal.
        return column === "amount" && value !== null ? String(Number(value)) : value;
    };
    return rows.map((row) => view.sorts.map(({ column }) => valueOf(row, column)));
}

function sortRows(rows: readonly (readonly (string | null)[])[]): readonly string[] {
    return rows.map((row) => JSON.stringify(row)).toSorted();
}

describeOnBothDatabases("loadPage", (database) => {
    const runs = { numRuns: countCases(database.kind === "server" ? 15 : 6) };

    beforeAll(async () => {
        await createSampleRows(database.connected);
    });

    it("gives, page by page, the rows of the whole in its order, and backward the reverse", async () => {
        await fc.assert(
            fc.asyncProperty(views, async (given) => {
                const view = await makeView(database.connected, given);
                const whole = await readWhole(database.connected, view, given);
                const forward = await walk(database.connected, view, "forward", given.pageRows);
                const isTotal = tiesOf(given.relation, given.sorts).length > 0 || given.sorts.length === 0;
                if (isTotal) {
                    expect(cellsOf(forward)).toEqual(whole);
                } else {
                    expect(sortValues(view, cellsOf(forward))).toEqual(sortValues(view, whole));
                    expect(sortRows(cellsOf(forward))).toEqual(sortRows(whole));
                }
                const backward = await walk(database.connected, view, "backward", given.pageRows);
                expect(cellsOf(backward.toReversed())).toEqual(cellsOf(forward));
            }),
            runs,
        );
    });

    it("gives the neighbours of any row, whichever way it was reached", async () => {
        const places = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), isBackward: fc.boolean() });
        await fc.assert(
            fc.asyncProperty(views, places, async (given, { share, isBackward }) => {
                const view = await makeView(database.connected, given);
                const pageRows = given.pageRows;
                const rows = await walk(database.connected, view, isBackward ? "backward" : "forward", 500);
                const all = isBackward ? rows.toReversed() : rows;
                const index = Math.floor(share * (all.length - 1));
                const key = all[index]?.key;
                if (key === undefined) {
                    return;
                }
                const load = async (position: PagePosition): Promise<unknown> => {
                    const page = await loadRows(database.connected, view, position, pageRows);
                    return { cells: cellsOf(page.rows), hasBefore: page.hasBefore, hasAfter: page.hasAfter };
                };
                const expected = (from: number, to: number): unknown => ({
                    cells: cellsOf(all.slice(Math.max(0, from), to)),
                    hasBefore: from > 0,
                    hasAfter: to < all.length,
                });
                expect(await load({ at: "after", key })).toEqual(expected(index + 1, index + 1 + pageRows));
                expect(await load({ at: "before", key })).toEqual(expected(index - pageRows, index));
                expect(await load({ at: "from", key })).toEqual(expected(index, index + pageRows));
                expect(await load({ at: "row", index })).toEqual(expected(index, index + pageRows));
                const fraction = all.length === 1 ? 0 : index / (all.length - 1);
                expect(await load({ at: "fraction", fraction })).toEqual(expected(index, index + pageRows));
                // A row reached by its number knows its neighbours as well.
                const numbered = await loadRows(database.connected, view, { at: "row", index }, 1);
                expect(numbered).toMatchObject({ firstIndex: index, isExactPosition: true });
                const found = keyOf(numbered.rows[0]);
                expect(await load({ at: "after", key: found })).toEqual(expected(index + 1, index + 1 + pageRows));
                expect(await load({ at: "before", key: found })).toEqual(expected(index - pageRows, index));
            }),
            runs,
        );
    });

    it("finds a row again in another order and among others", async () => {
        const keyed = fc.record({
            relation: fc.constantFrom("keyed", "keyless"),
            sorts,
            filters,
            where: fc.constant(null),
            pageRows: fc.constant(20),
        });
        await fc.assert(
            fc.asyncProperty(keyed, keyed, fc.nat({ max: 239 }), async (given, { sorts: other }, index) => {
                const before = { ...(await makeView(database.connected, given)), filters: [] };
                const row = (await loadRows(database.connected, before, { at: "row", index }, 1)).rows[0];
                const key = keyOf(row);
                const after = { ...before, sorts: other };
                const page = await loadRows(database.connected, after, { at: "from", key }, 20);
                expect(page.rows[0]?.cells).toEqual(row?.cells);
                const all = cellsOf(await walk(database.connected, after, "forward", 500)).map((cells) =>
                    JSON.stringify(cells),
                );
                const filtered = { ...after, filters: given.filters };
                const kept = new Set(
                    cellsOf(await walk(database.connected, filtered, "forward", 500)).map((cells) =>
                        JSON.stringify(cells),
                    ),
                );
                const next = all.slice(all.indexOf(JSON.stringify(row?.cells))).filter((cells) => kept.has(cells));
                const found = await loadRows(database.connected, filtered, { at: "from", key }, 20);
                expect(found.rows.map(({ cells }) => JSON.stringify(cells))).toEqual(next.slice(0, 20));
            }),
            runs,
        );
    });

    it("begins at the first row when a key says nothing in the order", async () => {
        const keyed = makeGridView(await openSample(database.connected, "keyed"));
        const key = keyOf((await loadRows(database.connected, keyed, { at: "start" }, 2)).rows[1]);
        for (const relation of ["keyless", "twice", "query"] as const) {
            const view = makeGridView(await openSample(database.connected, relation));
            const start = await loadRows(database.connected, view, { at: "start" }, 3);
            for (const at of ["from", "after"] as const) {
                const page = await loadRows(database.connected, view, { at, key }, 3);
                expect(cellsOf(page.rows)).toEqual(cellsOf(start.rows));
                expect(page.hasBefore).toBe(false);
            }
        }
    });

    it("has no rows behind the last one, and says that there are some before", async () => {
        for (const relation of sampleRelations) {
            const view = makeGridView(await openSample(database.connected, relation));
            const page = await loadRows(database.connected, view, { at: "row", index: 480 }, 3);
            expect(page).toMatchObject({ rows: [], hasBefore: true, hasAfter: false });
            for (const at of ["start", "end"] as const) {
                const empty = await loadRows(database.connected, { ...view, where: "false" }, { at }, 3);
                expect(empty).toMatchObject({ rows: [], hasBefore: false, hasAfter: false });
            }
        }
    });
});
