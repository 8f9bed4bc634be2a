import { loadParser, parseStatements, UnreadableSqlError } from "../../database/read-only/parser.js";

/** A relation or a function that a SELECT names. */
export interface Mention {
    /** Null for a name without a schema. */
    readonly schema: string | null;
    readonly name: string;
    /** In characters (code points) from 1. */
    readonly position: number;
}

/** What a SELECT names, from its text alone. */
export interface ReadSelect {
    /** Only relations with a schema: a name without one is a CTE, or a relation that PostgreSQL will not find. */
    readonly relations: readonly Mention[];
    readonly functions: readonly Mention[];
    /** `current_date`, `'now'::timestamp` and the like, each as it is written. */
    readonly clocks: readonly Mention[];
}

export type SelectReading =
    | ({ readonly kind: "read" } & ReadSelect)
    | { readonly kind: "unreadable"; readonly message: string; readonly position: number | null };

const clockOperations = /^SVFOP_(CURRENT_DATE|CURRENT_TIME|CURRENT_TIMESTAMP|LOCALTIME|LOCALTIMESTAMP)/;
const clockWords = /^\s*(now|today|tomorrow|yesterday)\s*$/i;
const timeTypes = /^(date|time|timetz|timestamp|timestamptz)$/;

/** Parses a SELECT with PostgreSQL's own parser. */
export async function readSelect(select: string): Promise<SelectReading> {
    await loadParser();
    try {
        const statements = parseStatements(select);
        const [statement] = statements;
        if (statements.length !== 1 || statement === undefined || !("SelectStmt" in statement)) {
            const message = statements.length > 1 ? "The file holds several statements." : "This is no SELECT.";
            return { kind: "unreadable", message: `${message} A model is one SELECT.`, position: null };
        }
        return { kind: "read", ...findMentions(statement, Buffer.from(select)) };
    } catch (error) {
        if (error instanceof UnreadableSqlError) {
            return { kind: "unreadable", message: sentence(error.message), position: error.position };
        }
        throw error;
    }
}

function sentence(text: string): string {
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

type Node = Readonly<Record<string, unknown>>;

function findMentions(statement: Node, bytes: Buffer): ReadSelect {
    const relations: Mention[] = [];
    const functions: Mention[] = [];
    const clocks: Mention[] = [];
    const text = bytes.toString("utf8");
    // Where each character is one byte, a place in bytes is one in characters.
    const isAscii = text.length === bytes.length;
    const positionOf = (node: Node): number => {
        const offset = typeof node.location === "number" && node.location > 0 ? node.location : 0;
        return 1 + (isAscii ? offset : Array.from(bytes.toString("utf8", 0, offset)).length);
    };
    const visit = (node: unknown): void => {
        if (Array.isArray(node)) {
            node.forEach(visit);
            return;
        }
        if (typeof node !== "object" || node === null) {
            return;
        }
        for (const kind in node) {
            const value = (node as Node)[kind];
            if (typeof value !== "object" || value === null) {
                continue;
            }
            const found = value as Node;
            if (kind === "RangeVar" && typeof found.schemaname === "string" && typeof found.relname === "string") {
                relations.push({ schema: found.schemaname, name: found.relname, position: positionOf(found) });
            } else if (kind === "FuncCall") {
                const names = stringsOf(found.funcname);
                functions.push({
                    schema: names.length > 1 ? (names.at(-2) ?? null) : null,
                    name: names.at(-1) ?? "",
                    position: positionOf(found),
                });
            } else if (kind === "SQLValueFunction" && clockOperations.test(String(found.op))) {
                clocks.push({
                    schema: null,
                    name: String(found.op).replace("SVFOP_", "").replace(/_N$/, "").toLowerCase(),
                    position: positionOf(found),
                });
            } else if (kind === "TypeCast") {
                const word = clockWordOrNull(found);
                if (word !== null) {
                    clocks.push({ schema: null, name: `'${word}'`, position: positionOf(found) });
                }
            }
            visit(value);
        }
    };
    visit(statement);
    return { relations, functions, clocks };
}

/** The word in a constant such as `'now'::timestamp`, which PostgreSQL would fix at the time when the view is made. */
function clockWordOrNull({ arg, typeName }: Node): string | null {
    const constant = (arg as { readonly A_Const?: { readonly sval?: { readonly sval?: string } } } | undefined)
        ?.A_Const;
    const word = constant?.sval?.sval ?? "";
    const type = stringsOf((typeName as { readonly names?: unknown } | undefined)?.names).at(-1) ?? "";
    return clockWords.test(word) && timeTypes.test(type) ? word.trim() : null;
}

function stringsOf(names: unknown): readonly string[] {
    return Array.isArray(names)
        ? names.map((name: { readonly String?: { readonly sval?: string } }) => name.String?.sval ?? "")
        : [];
}
