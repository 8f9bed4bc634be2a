import type { Relation } from "./query.js";

/** What the rules know about the database. */
export interface Catalogue {
    /** The relations that a SELECT reads, directly or through views, by `schema.name`. */
    readonly relations: ReadonlyMap<string, Relation>;
    /** The functions that those SELECTs call, by name without schema: several may share a name. */
    readonly functions: ReadonlyMap<string, readonly CalledFunction[]>;
    /** The result types of the operators that those SELECTs use, by symbol. */
    readonly operatorTypes: ReadonlyMap<string, readonly string[]>;
}

export interface CalledFunction {
    readonly schema: string;
    readonly kind: "function" | "aggregate" | "window";
    readonly returnsSet: boolean;
    readonly resultType: string;
    readonly volatility: "immutable" | "stable" | "volatile";
}

export function relationKey(schema: string, name: string): string {
    return `${schema}.${name}`;
}
