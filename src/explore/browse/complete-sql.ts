export interface CatalogueRelation {
    readonly schema: string;
    readonly name: string;
    /** Its name alone finds it: the schema is on the search path. */
    readonly isVisible: boolean;
    /** What it is, for the list: `table`, `view`, … */
    readonly kind: string;
    readonly columns: readonly { readonly name: string; readonly typeName: string }[];
}

export interface Completion {
    /** What to put in place of the word. */
    readonly text: string;
    readonly kind: "relation" | "column" | "keyword" | "schema";
    /** A type or a kind of relation, for people. */
    readonly detail: string;
}

export interface Completions {
    /** The word being written: from here … */
    readonly from: number;
    /** … to here, as positions in the text (UTF-16, as JavaScript counts). */
    readonly to: number;
    /** The best first. */
    readonly candidates: readonly Completion[];
}

/** What may stand at the cursor: relations, columns of the relations in the statement, keywords. */
export function completeSql(sql: string, cursor: number, catalogue: readonly CatalogueRelation[]): Completions {
    void [sql, catalogue];
    return { from: cursor, to: cursor, candidates: [] };
}
