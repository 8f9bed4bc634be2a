import type { ScanDirection } from "./key-segments.js";
import { locateFraction, locateNumber, type Located } from "./locate-number.js";
import { locateKey, startAt } from "./locate-key.js";
import { readScan } from "./read-scan.js";
import type { PageReader, PageRows } from "./page-reader.js";
import type { PagePosition, RowKey } from "./row-page.js";
import { makeParameters } from "./parameters.js";
import { buildBeforeSql, type Scan } from "./scan-sql.js";

/** A page of rows in an order that distinguishes every row. */
export async function readOrderedPage(reader: PageReader, position: PagePosition): Promise<PageRows> {
    switch (position.at) {
        case "start":
            return scanPage(reader, "forward", null, false);
        case "end":
            return scanPage(reader, "backward", null, false);
        case "after":
            return readBeside(reader, "forward", position.key);
        case "before":
            return readBeside(reader, "backward", position.key);
        case "from":
            return readFrom(reader, position.key);
        case "fraction":
            return readLocated(reader, await locateFraction(reader, position.fraction));
        case "row":
            return readLocated(reader, await locateNumber(reader, position.index));
    }
}

async function readBeside(reader: PageReader, direction: ScanDirection, given: RowKey): Promise<PageRows> {
    const key = await locateKey(reader, given);
    return key === null
        ? scanPage(reader, "forward", null, false)
        : scanPage(reader, direction, await startAt(reader, key, direction, false), true);
}

async function readFrom(reader: PageReader, given: RowKey): Promise<PageRows> {
    const key = await locateKey(reader, given);
    if (key === null) {
        return scanPage(reader, "forward", null, false);
    }
    const started = await startAt(reader, key, "forward", true);
    return scanPage(reader, "forward", started, started.skip > 0 || (await hasRowBefore(reader, key)));
}

async function hasRowBefore({ connection, view, order }: PageReader, { values }: RowKey): Promise<boolean> {
    const parameters = makeParameters();
    const sql = buildBeforeSql(view, order, { values, includesRow: false }, parameters);
    return (await connection.queryText(sql, parameters.values)).rows.length > 0;
}

async function readLocated(reader: PageReader, { key, index, isExact }: Located): Promise<PageRows> {
    if (key === null) {
        return { rows: [], hasBefore: index !== 0, hasAfter: false, firstIndex: index, isExactPosition: isExact };
    }
    const page = await scanPage(reader, "forward", await startAt(reader, key, "forward", true), index !== 0);
    return { ...page, firstIndex: index, isExactPosition: isExact };
}

/** @param hasBehind whether there are rows on the other side of where the scan begins */
async function scanPage(
    reader: PageReader,
    direction: ScanDirection,
    started: Pick<Scan, "start" | "skip"> | null,
    hasBehind: boolean,
): Promise<PageRows> {
    const { pageRows } = reader;
    // One row more tells whether others follow.
    const rows = await readScan(reader, { start: null, skip: 0, ...started, direction, limit: pageRows + 1 });
    const page = rows.slice(0, pageRows);
    const hasMore = rows.length > pageRows;
    const [hasBefore, hasAfter] = direction === "forward" ? [hasBehind, hasMore] : [hasMore, hasBehind];
    return {
        rows: direction === "forward" ? page : page.toReversed(),
        hasBefore,
        hasAfter,
        firstIndex: hasBefore ? null : 0,
        isExactPosition: true,
    };
}
