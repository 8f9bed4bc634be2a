import type { Database } from "../../src/database/database.js";
import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import { loadPage } from "../../src/browse/load-page.js";
import { openQuery } from "../../src/browse/open-query.js";
import { openRelation } from "../../src/browse/open-relation.js";
import type { Relation } from "../../src/browse/relation.js";
import type { BrowseRow, PagePosition, RowKey, RowPage } from "../../src/browse/row-page.js";

export const readOptions = { signal: new AbortController().signal, timeoutMs: 60_000 };

/** Few values, so that most rows have others equal to them; of every kind that is hard to order. */
export const sampleColumns = ["code", "label", "amount", "ratio", "seen_at", "is_open"] as const;

/** The same 240 rows with a key of two columns, with an index or two; without a key; and as a view with each row twice. */
export async function createSampleRows(database: Database): Promise<void> {
    const statements = [
        "create schema sample",
        `create table sample.keyed (
            region text not null, number integer not null, code integer not null, label text, amount numeric,
            ratio double precision, seen_at timestamptz, is_open boolean, primary key (region, number)
        )`,
        `insert into sample.keyed
        select
            chr(97 + number % 3), number, number * 7 % 5,
            (array['ä', 'b', null, 'B', 'it''s', repeat('long ', 90) || number % 4])[1 + number * 11 % 6],
            (array[1.0, 1.00, null, 'NaN', -2.5])[1 + number * 13 % 5],
            (array['NaN', 'Infinity', null, '-Infinity', 0.1, 1e300])[1 + number * 17 % 6]::double precision,
            (array['infinity', '-infinity', null, '2024-03-31 01:30:00.123456+00'])[1 + number * 19 % 4]::timestamptz,
            (array[true, null, false])[1 + number * 23 % 3]
        from generate_series(1, 240) as number`,
        "create index on sample.keyed (code, label desc, region, number)",
        "create index on sample.keyed (ratio desc)",
        "create table sample.keyless as select * from sample.keyed",
        `create view sample.twice as
        select code, label, amount, ratio, seen_at, is_open from sample.keyed
        union all
        select code, label, amount, ratio, seen_at, is_open from sample.keyed`,
        "analyze sample.keyed",
        "analyze sample.keyless",
    ];
    for (const sql of statements) {
        await database.query(sql);
    }
}

export const sampleRelations = ["keyed", "keyless", "twice", "query"] as const;
export type SampleRelation = (typeof sampleRelations)[number];

export function openSample(database: Database, name: SampleRelation): Promise<Relation> {
    return name === "query"
        ? openQuery(database, "select * from sample.keyed order by label desc, number % 7, region", readOptions)
        : openRelation(database, { schema: "sample", name }, readOptions);
}

/** A view on a relation of the database. */
export async function openView(database: Database, schema: string, name: string): Promise<GridView> {
    return makeGridView(await openRelation(database, { schema, name }, readOptions));
}

export function loadRows(
    database: Database,
    view: GridView,
    position: PagePosition,
    pageRows: number,
): Promise<RowPage> {
    return loadPage(database, view, position, { ...readOptions, pageRows });
}

/** All rows, page by page from the first one (or the one behind `from`) on, or from the last one back; as they were read. */
export async function walk(
    database: Database,
    view: GridView,
    direction: "forward" | "backward",
    pageRows: number,
    from: RowKey | null = null,
): Promise<readonly BrowseRow[]> {
    const isForward = direction === "forward";
    const rows: BrowseRow[] = [];
    let position: PagePosition =
        from === null ? { at: isForward ? "start" : "end" } : { at: isForward ? "after" : "before", key: from };
    for (;;) {
        const page = await loadRows(database, view, position, pageRows);
        const read = isForward ? page.rows : page.rows.toReversed();
        rows.push(...read);
        const last = read.at(-1);
        if (last === undefined || !(isForward ? page.hasAfter : page.hasBefore)) {
            return rows;
        }
        position = { at: isForward ? "after" : "before", key: last.key };
    }
}

export function cellsOf(rows: readonly BrowseRow[]): readonly BrowseRow["cells"][] {
    return rows.map((row) => row.cells);
}

export function keyOf(row: BrowseRow | undefined): RowKey {
    if (row === undefined) {
        throw new Error("There is no such row.");
    }
    return row.key;
}
