/** A relation that a statement may name. */
export interface CatalogueRelation {
    readonly schema: string;
    readonly name: string;
    /** Its name alone finds it: the schema is on the search path. */
    readonly isVisible: boolean;
    /** What it is, for the list: `table`, `view`, … */
    readonly kind: string;
    readonly columns: readonly { readonly name: string; readonly typeName: string }[];
}

/** What may stand at the cursor. */
export interface Completion {
    /** What to put in place of the word. */
    readonly text: string;
    readonly kind: "relation" | "column" | "keyword" | "schema";
    /** A type or a kind of relation, for people. */
    readonly detail: string;
}
