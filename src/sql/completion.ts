/** A relation that a statement may name. */
export interface CatalogueRelation {
    readonly schema: string;
    readonly name: string;
    /** True when its name is found without the schema, through the search path. */
    readonly isVisible: boolean;
    /** Shown in the list: `table`, `view`, … */
    readonly kind: string;
    readonly columns: readonly { readonly name: string; readonly typeName: string }[];
}

/** One suggestion for the word at the cursor. */
export interface Completion {
    /** The text that replaces the word. */
    readonly text: string;
    readonly kind: "relation" | "column" | "keyword" | "schema";
    /** A type or a kind of relation, shown beside the text. */
    readonly detail: string;
}
