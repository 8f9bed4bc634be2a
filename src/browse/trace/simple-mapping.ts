import { tokenizeSql } from "../../sql/sql-tokens.js";

/**
 * The column of `changed` whose values a mapping returns unchanged as entities: `id` for `select id from changed where id is not null`.
 * Null for a mapping that does more.
 */
export function mappedColumnOrNull(sql: string): string | null {
    const tokens = tokenizeSql(sql).filter(({ kind }) => kind !== "blank" && kind !== "comment");
    const [select, column, from, changed, ...rest] = tokens;
    const isWord = (token: typeof select, word: string): boolean =>
        token?.kind === "word" && token.text.toLowerCase() === word;
    if (!isWord(select, "select") || !isWord(from, "from") || !isWord(changed, "changed")) {
        return null;
    }
    if (rest.length > 0 && !isWord(rest[0], "where")) {
        return null;
    }
    return column?.kind === "word"
        ? column.text.toLowerCase()
        : column?.kind === "quoted name"
          ? column.text.slice(1, -1).replaceAll('""', '"')
          : null;
}
