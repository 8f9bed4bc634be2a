import { loadParser, parseStatements } from "../../database/read-only/parser.js";
import { quoteIdentifier } from "../../sql/identifiers.js";

/** A relation that a SELECT names with its schema. */
export interface NamedRelation {
    readonly schema: string;
    readonly name: string;
}

type Node = Readonly<Record<string, unknown>>;

interface Edit {
    /** Offsets in bytes. */
    readonly from: number;
    readonly to: number;
    readonly text: string;
}

const blank = String.raw`(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)*`;
const identifier = String.raw`(?:"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_$]*)`;
/** Splits a qualified name into the qualifiers and the last identifier. */
const qualifiedName = new RegExp(`^((?:${identifier}${blank}\\.${blank})+)(${identifier})`, "u");

/**
 * Replaces the relations that a SELECT reads, at the positions from PostgreSQL's parser: `from prep.stg_order` becomes
 * `from pg_temp.given_1 as stg_order`, and `prep.stg_order.status` becomes `stg_order.status`. String literals and comments stay.
 *
 * @param replacementOf the quoted relation to read instead; null keeps the relation
 * @throws UnreadableSqlError if it is not valid SQL
 */
export async function replaceRelations(
    select: string,
    replacementOf: (relation: NamedRelation) => string | null,
): Promise<string> {
    await loadParser();
    const bytes = Buffer.from(select);
    const edits: Edit[] = [];
    const qualifierAt = (location: number): { readonly qualifier: string; readonly name: string } => {
        const found = qualifiedName.exec(bytes.toString("utf8", location));
        return { qualifier: found?.[1] ?? "", name: found?.[2] ?? "" };
    };
    const editRelation = ({ schemaname, relname, location = 0, alias }: Node): void => {
        if (typeof schemaname !== "string" || typeof relname !== "string" || typeof location !== "number") {
            return;
        }
        const replacement = replacementOf({ schema: schemaname, name: relname });
        const { qualifier, name } = qualifierAt(location);
        if (replacement === null || name === "") {
            return;
        }
        const to = location + Buffer.byteLength(qualifier + name);
        const as = alias === undefined ? ` as ${quoteIdentifier(relname)}` : "";
        edits.push({ from: location, to, text: `${replacement}${as}` });
    };
    const editColumn = ({ fields, location = 0 }: Node): void => {
        const parts = Array.isArray(fields) ? (fields as readonly Node[]).map(nameOf) : [];
        const [schema, name] = parts;
        if (
            parts.length !== 3 ||
            typeof schema !== "string" ||
            typeof name !== "string" ||
            typeof location !== "number"
        ) {
            return;
        }
        if (replacementOf({ schema, name }) !== null) {
            const found = new RegExp(`^${identifier}${blank}\\.`, "u").exec(bytes.toString("utf8", location));
            edits.push({ from: location, to: location + Buffer.byteLength(found?.[0] ?? ""), text: "" });
        }
    };
    const visit = (node: unknown): void => {
        if (Array.isArray(node)) {
            node.forEach(visit);
        } else if (typeof node === "object" && node !== null) {
            for (const [kind, value] of Object.entries(node)) {
                if (kind === "RangeVar") {
                    editRelation(value as Node);
                } else if (kind === "ColumnRef") {
                    editColumn(value as Node);
                }
                visit(value);
            }
        }
    };
    visit(parseStatements(select));
    const parts: string[] = [];
    let at = 0;
    for (const { from, to, text } of edits.sort((one, other) => one.from - other.from)) {
        parts.push(bytes.toString("utf8", at, from), text);
        at = to;
    }
    return [...parts, bytes.toString("utf8", at)].join("");
}

function nameOf(field: Node): string | null {
    const text = (field.String as { readonly sval?: unknown } | undefined)?.sval;
    return typeof text === "string" ? text : null;
}

/** The relations that a SELECT names with their schemas, each once. */
export async function listRelations(select: string): Promise<readonly NamedRelation[]> {
    const found = new Map<string, NamedRelation>();
    await replaceRelations(select, (relation) => {
        found.set(`${relation.schema}.${relation.name}`, relation);
        return null;
    });
    return [...found.values()];
}
