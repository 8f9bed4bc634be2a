import type { CatalogueRelation } from "./completion.js";
import { expectationOf, type Expectation } from "./completion-words.js";
import { parseQuery, type Clause, type ParsedQuery, type Place } from "./parse-query.js";
import { makeColumnFinder, nameOfItem, type Environment, type QueryColumn } from "./query-columns.js";
import { frameStatement, framesToCursor, isSymbol, nameOf, wordAt, type SqlFrame, type SqlItem } from "./sql-frames.js";
import { tokenizeSql } from "./sql-tokens.js";

/** A table, view or query with its columns, under the name that qualifies them. */
export interface NamedColumns {
    readonly name: string;
    readonly columns: readonly QueryColumn[];
}

/** What the text around the cursor says about its place in the statement. */
export interface SqlPlace {
    /** The word being written, as positions in the text. */
    readonly from: number;
    readonly to: number;
    /** The part of the word before the cursor, without the quotation mark. */
    readonly prefix: string;
    readonly isQuoted: boolean;
    /** The names before the word, each followed by a dot. */
    readonly qualifier: readonly string[];
    readonly clause: Clause;
    readonly wantsRelation: boolean;
    readonly expectation: Expectation;
    /** A query can begin here. */
    readonly isStart: boolean;
    /** The items in FROM, the innermost query first. */
    readonly scopes: readonly (readonly NamedColumns[])[];
    /** The WITH queries that can be read here. */
    readonly commonTables: readonly NamedColumns[];
    /** The query's own output columns, for ORDER BY and GROUP BY. */
    readonly output: readonly QueryColumn[];
}

/** Reads the statement around the cursor; null inside a comment, a string or a number. */
export function findPlaceOrNull(sql: string, cursor: number, catalogue: readonly CatalogueRelation[]): SqlPlace | null {
    const word = findWordOrNull(sql, cursor);
    if (word === null) {
        return null;
    }
    const statement = frameStatement(tokenizeSql(sql.slice(0, word.from)), sql.slice(word.to));
    return { ...word, ...describePlace(framesToCursor(statement), catalogue) };
}

type Word = Pick<SqlPlace, "from" | "to" | "prefix" | "isQuoted">;

function findWordOrNull(sql: string, cursor: number): Word | null {
    const last = tokenizeSql(sql.slice(0, cursor)).at(-1);
    const after = sql.slice(cursor);
    switch (last?.kind) {
        case "word": {
            const rest = /^[\p{L}\p{N}_$\u0080-\u{10ffff}]*/u.exec(after)?.[0] ?? "";
            return { from: last.start, to: cursor + rest.length, prefix: last.text, isQuoted: false };
        }
        case "quoted name": {
            if (last.isClosed || !last.text.startsWith('"')) {
                return null;
            }
            const rest = /^[^\s"]*"/.exec(after)?.[0] ?? "";
            return { from: last.start, to: cursor + rest.length, prefix: last.text.slice(1), isQuoted: true };
        }
        case "comment":
            return last.isClosed && last.text.startsWith("/*") ? atCursor(cursor) : null;
        case "string":
        case "number":
        case "parameter":
            return null;
        case "blank":
        case "symbol":
        case undefined:
            return atCursor(cursor);
    }
}

function atCursor(cursor: number): Word {
    return { from: cursor, to: cursor, prefix: "", isQuoted: false };
}

type PlaceInQuery = Omit<SqlPlace, keyof Word>;

/** How many brackets around the cursor are read, from the innermost outwards: nobody nests deeper by hand. */
const deepestFrames = 40;

function describePlace(frames: readonly SqlFrame[], catalogue: readonly CatalogueRelation[]): PlaceInQuery {
    const finder = makeColumnFinder(catalogue);
    let environment: Environment | null = null;
    const scopes: (readonly NamedColumns[])[] = [];
    let output: () => readonly QueryColumn[] = () => [];
    let place: Place = { clause: "start", wantsRelation: false };
    for (const { items } of frames.slice(-deepestFrames)) {
        const query = readFrame(items, items === frames[0]?.items, place);
        if (query === null) {
            place = { clause: "brackets", wantsRelation: false };
            continue;
        }
        const inner: Environment = { query, count: countCommonTables(query), outer: environment };
        environment = inner;
        const arm = query.arms.find((each) => each.place !== null);
        place = arm?.place ?? { clause: "start", wantsRelation: false };
        const isLast = items === frames.at(-1)?.items;
        if (arm !== undefined && (isLast || !place.wantsRelation || isLateral(items))) {
            const scope = arm.from.map((item) => ({ name: nameOfItem(item), columns: finder.columnsOf(item, inner) }));
            scopes.push(scope);
            output = () => finder.outputOf(arm, inner);
        }
    }
    const items = frames.at(-1)?.items ?? [];
    const at = items.findIndex(({ kind }) => kind === "cursor");
    const qualifier = readQualifier(items, at);
    const first = at - 2 * qualifier.length;
    return {
        qualifier,
        clause: place.clause,
        wantsRelation: place.wantsRelation,
        expectation: expectationOf(items, first, place.clause),
        isStart: isStart(items, first, place.clause),
        scopes: scopes.reverse(),
        commonTables: listCommonTables(environment, finder),
        output: /^(order|group) by$/.test(place.clause) ? output() : [],
    };
}

/** Parses a frame as a query; null when it is none. Brackets in a FROM clause can hold joined tables. */
function readFrame(items: readonly SqlItem[], isStatement: boolean, { wantsRelation }: Place): ParsedQuery | null {
    if (isStatement || /^(select|with|values|table)$/.test(wordAt(items, 0))) {
        return parseQuery(items);
    }
    return wantsRelation ? parseQuery([{ kind: "word", text: "from", start: 0, isClosed: true }, ...items]) : null;
}

/** How many of the WITH queries can be read where the cursor is. */
function countCommonTables({ commonTables, isRecursive }: ParsedQuery): number {
    const own = commonTables.findIndex(({ body }) => body.hasCursor);
    return own < 0 || isRecursive ? commonTables.length : own;
}

function isLateral(items: readonly SqlItem[]): boolean {
    return wordAt(items, items.findIndex((item) => item.kind === "frame" && item.hasCursor) - 1) === "lateral";
}

function readQualifier(items: readonly SqlItem[], cursor: number): readonly string[] {
    const names: string[] = [];
    for (let at = cursor; isSymbol(items[at - 1], "."); at -= 2) {
        const name = nameOf(items[at - 2]);
        if (name === null) {
            break;
        }
        names.push(name);
    }
    return names.reverse();
}

function isStart(items: readonly SqlItem[], at: number, clause: Clause): boolean {
    const previous = items[at - 1];
    return clause === "start" || clause === "brackets" ? previous === undefined || isStartAfter(items, at) : false;
}

/** True after the brackets of a WITH query, and between two queries. */
function isStartAfter(items: readonly SqlItem[], at: number): boolean {
    return (
        (wordAt(items, 0) === "with" && items[at - 1]?.kind === "frame") ||
        /^(union|intersect|except|all)$/.test(wordAt(items, at - 1))
    );
}

function listCommonTables(
    environment: Environment | null,
    finder: ReturnType<typeof makeColumnFinder>,
): readonly NamedColumns[] {
    const found = new Map<string, NamedColumns>();
    for (let place = environment; place !== null; place = place.outer) {
        for (const { name } of place.query.commonTables.slice(0, place.count)) {
            const item = { name: [name], alias: null, columns: [], query: null, isCall: false };
            found.set(name, found.get(name) ?? { name, columns: finder.columnsOf(item, environment) });
        }
    }
    return [...found.values()];
}
