import type { JoinItem, Want } from "./join-space.js";
import { type Expression, type From, type Member, type Query, type Relation } from "./query.js";
import type { Rules } from "./rules.js";
import type { Outcomes, Trace } from "./trace.js";

/** The model's own table, and which of its columns hold an input column unchanged. */
export interface OwnTable {
    readonly relation: Relation;
    readonly columns: ReadonlyMap<string, string>;
    /** The conditions that filter the rows above the current place. */
    readonly conditions: readonly Expression[];
}

/** How the changes of an item can be joined with other items. */
export interface JoinPlan {
    readonly changing: JoinItem;
    readonly isOfChanging: (member: number) => boolean;
    /** Sets of conditions to try; each condition links the item to another item. */
    readonly linkChoices: readonly (readonly Expression[])[];
    /** Null if these links do not determine the wanted values. */
    readonly partnersFor: (links: readonly Expression[]) => {
        readonly partners: readonly { readonly items: readonly From[]; readonly conditions: readonly Expression[] }[];
        /** Always applied. */
        readonly conditions: readonly Expression[];
        /** Applied as well if all their columns are available. */
        readonly more: readonly Expression[];
        readonly wants: readonly Want[];
    } | null;
}

/** A subquery that depends on the rows of a block. */
export interface Hanging {
    readonly query: Query;
    /** Gives the conditions that compare its outputs; null if it is not compared. */
    readonly test: ((outputs: readonly Expression[]) => readonly Expression[]) | null;
}

export interface Partner {
    readonly pieces: readonly From[];
    readonly conditions: readonly Expression[];
    readonly wants: readonly Want[];
}

/** The rows that subqueries depend on. */
export interface OuterRows {
    readonly knows: (members: readonly number[]) => boolean;
    /** What to join so that the links can be used and the wanted values are determined; null if that is impossible. */
    readonly partnersFor: (links: readonly Expression[], inner: ReadonlySet<number>) => Partner | null;
}

/** What an anchored join needs from the `Deriver`. */
export interface BlockDeriver {
    readonly ruleSwitches: Rules;
    changed(
        member: Member,
        conditions: readonly Expression[],
        wants: readonly Want[],
        partners: readonly From[],
    ): Trace;
    item(item: JoinItem, wants: readonly Want[], own: OwnTable | null): Outcomes;
    join(plan: JoinPlan): Outcomes;
    subquery(link: Hanging, outer: OuterRows): Outcomes;
}
