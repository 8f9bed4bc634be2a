import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import type { Database } from "../../../src/database/database.js";
import { makeGridView, type ColumnFilter, type GridView, type Sort } from "../../../src/explore/browse/grid-view.js";
import { describeOnBothDatabases } from "../../setup/databases.js";
import {
    cellsOf,
    createSampleRows,
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
    const order = given.map(({ column, descending }) => `${column} ${descending ? "desc" : "asc"}`);
    const ties = tiesOf(relation, given);
    const orderBy = [...order, ...ties].length === 0 ? "" : ` order by ${[...order, ...ties].join(", ")}`;
    const { rows } = await database.withConnection((connection) =>
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
    const runs = { numRuns: database.kind === "server" ? 15 : 6 };

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
});
