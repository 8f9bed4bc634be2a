import { tokenizeSql, type SqlToken, type SqlTokenKind } from "../../../sql/sql-tokens.js";
import type { Role, Theme } from "../theme.js";
import { wrapSegments, type Segment } from "./styled-text.js";

const keywords: ReadonlySet<string> = new Set(
    `all and any array as asc between by case cast coalesce collate cross current_date current_timestamp date desc distinct
    else end except exists extract false fetch filter first following for from full group having ilike in inner intersect
    interval is join last lateral left like limit materialized natural not null nulls offset on only or order ordinality
    outer over partition preceding range recursive right row rows select similar some symmetric table then ties time
    timestamp to true unbounded union using values when where window with within without zone`.split(/\s+/),
);

/** SQL split into segments with their roles. */
export function highlightSql(sql: string): readonly Segment[] {
    return tokenizeSql(sql).map((token) => ({ text: token.text, role: roleOf(token) }));
}

const roles: Readonly<Partial<Record<SqlTokenKind, Role>>> = { string: "string", number: "number", comment: "dim" };

function roleOf({ kind, text }: SqlToken): Role {
    return kind === "word" && keywords.has(text.toLowerCase()) ? "keyword" : (roles[kind] ?? "plain");
}

/** SQL as lines of at most `width` cells, highlighted and safe to show. */
export function formatSqlLines(sql: string, width: number, theme: Theme): readonly string[] {
    return splitLines(highlightSql(sql)).flatMap((line) => wrapSegments(line, width, theme));
}

/** Splits segments at line breaks: a string or a comment may span several lines. */
export function splitLines(segments: readonly Segment[]): readonly (readonly Segment[])[] {
    const lines: Segment[][] = [[]];
    for (const { text, role } of segments) {
        const [first = "", ...others] = text.split(/\r?\n/);
        lines.at(-1)?.push({ text: first, role });
        for (const other of others) {
            lines.push([{ text: other, role }]);
        }
    }
    return lines;
}
