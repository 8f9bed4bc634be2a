import { tokenizeSql, type SqlToken } from "./sql-tokens.js";

/** The text between two brackets, or a whole statement. */
export interface SqlFrame {
    readonly kind: "frame";
    readonly items: readonly SqlItem[];
    readonly hasCursor: boolean;
}

/** Marks the place of the word being written; the word itself is left out. */
export interface CursorMark {
    readonly kind: "cursor";
}

export type SqlItem = SqlToken | SqlFrame | CursorMark;

interface OpenFrame {
    readonly kind: "frame";
    readonly items: SqlItem[];
    hasCursor: boolean;
}

/** The statement around the cursor as a tree of brackets, without blanks and comments. Brackets may be left open. */
export function frameStatement(before: readonly SqlToken[], after: string): SqlFrame {
    const stack: OpenFrame[] = [openFrame()];
    for (const token of before) {
        if (token.text === ";" && token.kind === "symbol") {
            stack.splice(0, stack.length, openFrame());
        } else {
            take(stack, token);
        }
    }
    for (const frame of stack) {
        frame.hasCursor = true;
    }
    stack.at(-1)?.items.push({ kind: "cursor" });
    for (const token of tokenizeSql(after)) {
        if (token.text === ";" && token.kind === "symbol") {
            break;
        }
        take(stack, token);
    }
    return stack[0] ?? openFrame();
}

function openFrame(): OpenFrame {
    return { kind: "frame", items: [], hasCursor: false };
}

function take(stack: OpenFrame[], token: SqlToken): void {
    if (token.kind === "blank" || token.kind === "comment") {
        return;
    }
    const isSymbol = token.kind === "symbol";
    if (isSymbol && (token.text === "(" || token.text === "[")) {
        const frame = openFrame();
        stack.at(-1)?.items.push(frame);
        stack.push(frame);
    } else if (isSymbol && (token.text === ")" || token.text === "]")) {
        // A surplus closing bracket is ignored.
        if (stack.length > 1) {
            stack.pop();
        }
    } else {
        stack.at(-1)?.items.push(token);
    }
}

/** The frames around the cursor, the statement first. */
export function framesToCursor(statement: SqlFrame): readonly SqlFrame[] {
    const path: SqlFrame[] = [];
    let frame: SqlFrame | undefined = statement;
    while (frame !== undefined) {
        path.push(frame);
        frame = frame.items.find((item): item is SqlFrame => item.kind === "frame" && item.hasCursor);
    }
    return path;
}

/** The word in lower case; empty for anything else, and for a name behind a dot. */
export function wordAt(items: readonly SqlItem[], at: number): string {
    const item = items[at];
    return item?.kind === "word" && !isSymbol(items[at - 1], ".") ? item.text.toLowerCase() : "";
}

export function isSymbol(item: SqlItem | undefined, text: string): boolean {
    return item?.kind === "symbol" && item.text === text;
}

/** The name as PostgreSQL stores it: in lower case unless quoted; null when the item is no name. */
export function nameOf(item: SqlItem | undefined): string | null {
    if (item?.kind === "word") {
        return item.text.toLowerCase();
    }
    if (item?.kind !== "quoted name") {
        return null;
    }
    return item.text.slice(item.text.indexOf('"') + 1, item.isClosed ? -1 : undefined).replaceAll('""', '"');
}
