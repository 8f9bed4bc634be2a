import { isSymbol, nameOf, wordAt, type SqlFrame, type SqlItem } from "./sql-frames.js";

export type Clause =
    | "start"
    | "select"
    | "from"
    | "on"
    | "using"
    | "where"
    | "group by"
    | "having"
    | "window"
    | "order by"
    | "limit"
    /** In brackets that hold no query. */
    | "brackets";

/** An item of a FROM clause. */
export interface FromItem {
    /** The parts of a table's or function's name; empty for a query in brackets. */
    readonly name: readonly string[];
    alias: string | null;
    /** The column names in the alias, as in `as t (a, b)`. */
    columns: readonly string[];
    readonly query: SqlFrame | null;
    isCall: boolean;
}

/** Where in one SELECT the cursor, or the bracket that contains it, is. */
export interface Place {
    readonly clause: Clause;
    /** A table or query is expected here. */
    readonly wantsRelation: boolean;
}

/** One SELECT, VALUES or TABLE. */
export interface QueryArm {
    readonly kind: "select" | "values" | "table";
    readonly selectList: readonly SqlItem[];
    readonly from: readonly FromItem[];
    /** Null when the cursor is elsewhere. */
    readonly place: Place | null;
}

export interface CommonTable {
    readonly name: string;
    readonly columns: readonly string[];
    readonly body: SqlFrame;
}

/** A statement, or a subquery in brackets. */
export interface ParsedQuery {
    readonly isRecursive: boolean;
    readonly commonTables: readonly CommonTable[];
    /** The queries that UNION, INTERSECT and EXCEPT combine. */
    readonly arms: readonly QueryArm[];
}

/** Parses a query as far as it is written: unfinished text is the usual case. */
export function parseQuery(items: readonly SqlItem[]): ParsedQuery {
    if (wordAt(items, 0) !== "with") {
        return { isRecursive: false, commonTables: [], arms: parseArms(items, 0) };
    }
    const isRecursive = wordAt(items, 1) === "recursive";
    const commonTables: CommonTable[] = [];
    let at = isRecursive ? 2 : 1;
    while (at < items.length && !/^(select|values|table)$/.test(wordAt(items, at))) {
        const name = nameOf(items[at]);
        const columns = items[at + 1];
        const begin = at + (columns?.kind === "frame" ? 2 : 1);
        const body = /^(not|as)$/.test(wordAt(items, begin))
            ? items.slice(begin, begin + 4).find((item): item is SqlFrame => item.kind === "frame")
            : undefined;
        if (name !== null && body !== undefined) {
            commonTables.push({ name, columns: columns?.kind === "frame" ? listNames(columns) : [], body });
            at = items.indexOf(body, begin);
        }
        at++;
    }
    return { isRecursive, commonTables, arms: parseArms(items, at) };
}

function listNames({ items }: SqlFrame): readonly string[] {
    return items.flatMap((item) => nameOf(item) ?? []);
}

/** How many nested brackets are read: nobody nests deeper by hand. */
const deepestBrackets = 40;

/** The frame that begins like a query, within any number of brackets; null when there is none. */
function queryInBrackets(frame: SqlFrame): SqlFrame | null {
    let inner = frame;
    for (let depth = 0; depth < deepestBrackets && inner.items[0]?.kind === "frame"; depth++) {
        inner = inner.items[0];
    }
    return /^(select|with|values|table)$/.test(wordAt(inner.items, 0)) ? inner : null;
}

interface OpenArm {
    kind: QueryArm["kind"];
    readonly selectList: SqlItem[];
    readonly from: FromItem[];
    place: Place | null;
}

const clauses: Readonly<Record<string, Clause>> = {
    select: "select",
    from: "from",
    where: "where",
    group: "group by",
    having: "having",
    window: "window",
    order: "order by",
    limit: "limit",
    offset: "limit",
    fetch: "limit",
};

/** @param depth how many brackets around joined tables enclose the items */
function parseArms(items: readonly SqlItem[], start: number, depth = 0): readonly QueryArm[] {
    let arm = openArm();
    const arms = [arm];
    let clause: Clause = "start";
    const from = makeFromReader(depth);
    for (let at = start; at < items.length; at++) {
        const item = items[at];
        const word = wordAt(items, at);
        if (item === undefined) {
            break;
        }
        if (/^(union|intersect|except)$/.test(word)) {
            arm = openArm();
            arms.push(arm);
            clause = "start";
        } else if (clause === "start" && (word === "values" || word === "table")) {
            arm.kind = word;
            clause = word === "table" ? "from" : "select";
            from.begin();
        } else if (isClauseWord(items, at, word)) {
            clause = clauses[word] ?? clause;
            from.begin();
        } else if (clause === "from" || clause === "on" || clause === "using") {
            clause = from.read(items, at, clause, arm);
        } else {
            if (clause === "select") {
                arm.selectList.push(item);
            }
            placeCursor(arm, item, { clause, wantsRelation: false });
        }
    }
    return arms;
}

function openArm(): OpenArm {
    return { kind: "select", selectList: [], from: [], place: null };
}

function isClauseWord(items: readonly SqlItem[], at: number, word: string): boolean {
    if (clauses[word] === undefined) {
        return false;
    }
    // `is distinct from`, `is not distinct from`, and `within group (…)`
    const isComparison =
        word === "from" && wordAt(items, at - 1) === "distinct" && /^(is|not)$/.test(wordAt(items, at - 2));
    return !isComparison && !(word === "group" && items[at + 1]?.kind === "frame");
}

function placeCursor(arm: OpenArm, item: SqlItem, place: Place): void {
    if (item.kind === "cursor" || (item.kind === "frame" && item.hasCursor)) {
        arm.place = place;
    }
}

interface FromReader {
    readonly begin: () => void;
    /** Reads one item of a FROM clause; returns the clause of the next item. */
    readonly read: (items: readonly SqlItem[], at: number, clause: Clause, arm: OpenArm) => Clause;
}

function makeFromReader(depth: number): FromReader {
    let wantsRelation = true;
    /** The item that a following alias belongs to. */
    let current: FromItem | null = null;
    /** The parts read so far of a qualified name. */
    let parts: string[] = [];

    function add(arm: OpenArm, item: FromItem): void {
        arm.from.push(item);
        current = item;
        wantsRelation = false;
    }

    function readFrame(frame: SqlFrame, previous: SqlItem | undefined, arm: OpenArm): void {
        if (!wantsRelation) {
            if (current !== null && current.alias === null && current.query === null && nameOf(previous) !== null) {
                current.isCall = true;
            } else if (current !== null) {
                current.columns = listNames(frame);
            }
            return;
        }
        const query = queryInBrackets(frame);
        if (query !== null || frame.hasCursor) {
            add(arm, { name: [], alias: null, columns: [], query, isCall: false });
            return;
        }
        // Joined tables in brackets.
        if (depth < deepestBrackets) {
            const begin = { kind: "word", text: "from", start: 0, isClosed: true } as const;
            const inside = parseArms([begin, ...frame.items], 0, depth + 1);
            arm.from.push(...(inside[0]?.from ?? []));
        }
        current = null;
        wantsRelation = false;
    }

    function readName(name: string, next: SqlItem | undefined, arm: OpenArm): void {
        if (!wantsRelation) {
            if (current !== null) {
                current.alias ??= name;
            }
            return;
        }
        parts.push(name);
        if (!isSymbol(next, ".")) {
            add(arm, { name: parts, alias: null, columns: [], query: null, isCall: false });
            parts = [];
        }
    }

    return {
        begin: () => {
            wantsRelation = true;
            current = null;
            parts = [];
        },
        read: (items, at, clause, arm) => {
            const item = items[at];
            const word = wordAt(items, at);
            if (item === undefined) {
                return clause;
            }
            placeCursor(arm, item, { clause, wantsRelation: clause === "from" && wantsRelation });
            if (isSymbol(item, ",") || word === "join") {
                wantsRelation = true;
                current = null;
                return "from";
            }
            if (word === "on" || word === "using") {
                return word;
            }
            if (clause !== "from" || /^(lateral|only|as|with|ordinality)$/.test(word)) {
                return clause;
            }
            if (/^(natural|left|right|full|inner|cross|outer|tablesample)$/.test(word)) {
                current = null;
            } else if (item.kind === "frame") {
                readFrame(item, items[at - 1], arm);
            } else if (item.kind === "cursor") {
                wantsRelation = false;
                current = null;
                parts = [];
            } else {
                const name = nameOf(item);
                if (name !== null) {
                    readName(name, items[at + 1], arm);
                }
            }
            return clause;
        },
    };
}
