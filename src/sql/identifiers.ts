import { reservedWords } from "./keywords.js";

/** A quoted identifier: `we"ird` becomes `"we""ird"`. The only place where names enter SQL text. */
export function quoteIdentifier(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted, schema-qualified name: `"warehouse"."fct_orders"`. */
export function quoteQualified(schema: string, name: string): string {
    return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A quoted string literal, safe with either setting of `standard_conforming_strings`. For DDL, which allows no parameters. */
export function quoteLiteral(text: string): string {
    const quoted = `'${text.replaceAll("'", "''")}'`;
    return quoted.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** A name as people write it: quoted only where PostgreSQL would read it as something else, as `quote_ident` does. */
export function formatIdentifier(name: string): string {
    return /^[a-z_][a-z0-9_]*$/.test(name) && !reservedWords.has(name) ? name : quoteIdentifier(name);
}

/** `marts.mart_weekly_discounts`, quoted only where it has to be. */
export function formatQualified(schema: string, name: string): string {
    return `${formatIdentifier(schema)}.${formatIdentifier(name)}`;
}

// Control characters, and invisible characters that break a line or change the writing direction.
const unreadable = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A string literal that can be read and pasted: invisible characters are written as escapes. */
export function formatLiteral(text: string): string {
    if (text.search(unreadable) === -1) {
        return quoteLiteral(text).trimStart();
    }
    const escaped = text
        .replaceAll("\\", "\\\\")
        .replaceAll("'", "''")
        .replaceAll("\n", "\\n")
        .replaceAll("\t", "\\t")
        .replaceAll(unreadable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return `E'${escaped}'`;
}
