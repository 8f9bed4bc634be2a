import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { buildPattern, buildTextSql } from "./filter-sql.js";
import { placeInGiven } from "./from-sql.js";
import { roleSettingsOf, type GridView } from "./grid-view.js";
import { countEqual, locateKey, startAt } from "./locate-key.js";
import { nameBeside } from "./name-beside.js";
import { numberOf } from "./numbered-page.js";
import { buildNumberedSql, keepOrder } from "./numbered-sql.js";
import { makeParameters, type Parameters } from "./parameters.js";
import { countTwins, runScan } from "./read-scan.js";
import type { ReadOptions } from "./relation.js";
import type { RowKey } from "./row-page.js";
import { makeRowShape, type RowShape } from "./row-shape.js";
import type { Scan } from "./scan-sql.js";
import { makeViewOrder, type ViewOrder } from "./view-order.js";

export interface FoundRow {
    readonly key: RowKey;
    /** The visible columns that contain the text. */
    readonly columns: readonly string[];
}

/**
 * The nearest row after (or before) the given one in which a visible column contains the text, ignoring case; from the
 * start (or the end) when no row is given. Null when there is none.
 */
export async function findNext(
    database: Database,
    view: GridView,
    text: string,
    from: RowKey | null,
    direction: "next" | "previous",
    options: ReadOptions,
): Promise<FoundRow | null> {
    if (view.columns.length === 0) {
        return null;
    }
    const order = makeViewOrder(view);
    const shape = makeRowShape(view.relation, [], order);
    try {
        return await database.withReadOnlyTransaction(
            async (connection) => {
                const finder = { connection, view, order, shape, text };
                return order.by === "position"
                    ? findNumbered(finder, from, direction)
                    : findOrdered(finder, from, direction);
            },
            { ...options, roleSettings: roleSettingsOf(view), isGuarded: true },
        );
    } catch (error) {
        throw placeInGiven(error, view);
    }
}

interface Finder {
    readonly connection: Connection;
    readonly view: GridView;
    readonly order: ViewOrder;
    /** Selects the key only. */
    readonly shape: RowShape;
    readonly text: string;
}

async function findOrdered(
    finder: Finder,
    from: RowKey | null,
    direction: "next" | "previous",
): Promise<FoundRow | null> {
    const { order, shape } = finder;
    const key = from === null ? null : await locateKey(finder, from);
    const parameters = makeParameters();
    const matches = buildMatches(finder, parameters);
    const scan: Scan = {
        ...(await startBeside(finder, key, direction)),
        direction: direction === "next" ? "forward" : "backward",
        limit: 1,
        condition: either(matches),
    };
    const [row] = await runScan(finder, scan, [shape.select, ...matches].join(", "), parameters);
    const [found] = row === undefined ? [] : countTwins(order, [shape.parse(row)], scan);
    return row === undefined || found === undefined
        ? null
        : { key: found.key, columns: pickMatching(finder, row.slice(-matches.length)) };
}

async function startBeside(
    finder: Finder,
    key: RowKey | null,
    direction: "next" | "previous",
): Promise<Pick<Scan, "start" | "skip">> {
    if (key === null) {
        return { start: null, skip: 0 };
    }
    const { values } = key;
    // Rows that are equal in all columns either all match or none does.
    const isMatch =
        finder.order.mayHaveTwins &&
        (await countEqual(finder, values, (parameters) => either(buildMatches(finder, parameters)))) > 0;
    return finder.order.mayHaveTwins && !isMatch
        ? { start: { values, includesRow: false }, skip: 0 }
        : startAt(finder, key, direction === "next" ? "forward" : "backward", false);
}

async function findNumbered(
    finder: Finder,
    from: RowKey | null,
    direction: "next" | "previous",
): Promise<FoundRow | null> {
    const { connection, view, shape } = finder;
    await keepOrder(connection);
    const parameters = makeParameters();
    const isForward = direction === "next";
    const first = isForward && from !== null ? numberOf(from) + 1 : 0;
    const count = isForward || from === null ? null : Math.max(0, numberOf(from));
    const number = nameBeside(view.relation, "number");
    const rows = buildNumberedSql(view, { first, count }, parameters);
    const matches = buildMatches(finder, parameters);
    const result = await connection.queryText(
        `select ${[shape.select, `${number} + ${first - 1}`, ...matches].join(", ")} ` +
            `from (select *, row_number() over () as ${number} from (${rows}) as page) as numbered ` +
            `where ${either(matches)} ${isForward ? "" : `order by ${number} desc `}limit (select 1)`,
        parameters.values,
    );
    const [row] = result.rows;
    if (row === undefined) {
        return null;
    }
    const values = row.slice(-matches.length - 1, -matches.length);
    return {
        key: { ...shape.parse(row).key, values },
        columns: pickMatching(finder, row.slice(-matches.length)),
    };
}

/** Whether each visible column contains the text. */
function buildMatches({ view, text }: Finder, parameters: Parameters): readonly string[] {
    const pattern = parameters.bind(buildPattern(text), "text");
    return view.columns.map((name) => `${buildTextSql(quoteIdentifier(name))} ilike ${pattern}`);
}

function either(conditions: readonly string[]): string {
    return `(${conditions.join(" or ")})`;
}

function pickMatching({ view }: Finder, flags: readonly (string | null)[]): readonly string[] {
    return view.columns.filter((_name, index) => flags[index] === "t");
}
