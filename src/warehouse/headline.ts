import { quoteQualified } from "../sql/identifiers.js";

/** A parsed sentence with SQL in braces: a text before each expression, and one at the end. */
export interface Headline {
    readonly texts: readonly string[];
    readonly expressions: readonly string[];
}

export function parseHeadline(sentence: string): Headline {
    const parts = sentence.split(/\{([^{}]*)\}/);
    return {
        texts: parts.filter((_part, place) => place % 2 === 0),
        expressions: parts.filter((_part, place) => place % 2 === 1),
    };
}

/** A SELECT of one row with the value of each expression. */
export function buildHeadlineSql(
    { schema, name }: { readonly schema: string; readonly name: string },
    expressions: readonly string[],
): string {
    return `select ${expressions.map((expression) => `(${expression}\n)::text`).join(", ")} from ${quoteQualified(schema, name)}`;
}
