import type { ScanDirection } from "./key-segments.js";
import { locateFraction, locateNumber, type Located } from "./locate-number.js";
import { locateKey, startAt } from "./locate-key.js";
import { countTwins, readScan, runScan } from "./read-scan.js";
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
    if (started.skip > 0) {
        return scanPage(reader, "forward", started, true);
    }
    const { view, order, shape, pageRows } = reader;
    const parameters = makeParameters();
    // The same statement tells whether any row comes before.
    const before = buildBeforeSql(view, order, { values: key.values, includesRow: false }, parameters);
    const scan: Scan = { ...started, direction: "forward", limit: pageRows + 1 };
    const found = await runScan(reader, scan, `${shape.select}, exists (${before})`, parameters, { isLast: true });
    const rows = countTwins(
        order,
        found.map((row) => shape.parse(row)),
        scan,
    );
    // If neither the row nor any after it exists, there may still be rows before it.
    const hasBefore = found.length === 0 || found[0]?.at(-1) === "t";
    return {
        rows: rows.slice(0, pageRows),
        hasBefore,
        hasAfter: rows.length > pageRows,
        firstIndex: hasBefore ? null : 0,
        isExactPosition: true,
    };
}

async function readLocated(reader: PageReader, { key, index, isExact }: Located): Promise<PageRows> {
    if (key === null) {
        return { rows: [], hasBefore: index !== 0, hasAfter: false, firstIndex: index, isExactPosition: isExact };
    }
    const page = await scanPage(reader, "forward", await startAt(reader, key, "forward", true), index !== 0);
    return { ...page, firstIndex: index, isExactPosition: isExact };
}

/** @param hasBehind whether there are rows on the other side of the scan's start */
async function scanPage(
    reader: PageReader,
    direction: ScanDirection,
    started: Pick<Scan, "start" | "skip"> | null,
    hasBehind: boolean,
): Promise<PageRows> {
    const { pageRows } = reader;
    // One extra row shows whether more follow.
    const scan = { start: null, skip: 0, ...started, direction, limit: pageRows + 1 };
    const rows = await readScan(reader, scan, { isLast: true });
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
