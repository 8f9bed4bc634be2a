import type { JoinItem, Want } from "./join-space.js";
import { type Expression, type From, type Member, type Query, type Relation } from "./query.js";
import type { Rules } from "./rules.js";
import type { Outcomes, Trace } from "./trace.js";

/** The model's own table, and which of its columns hold a column of the SELECT as it is. */
export interface OwnTable {
    readonly relation: Relation;
    readonly columns: ReadonlyMap<string, string>;
    /** What filters the rows, above the place that is looked at. */
    readonly conditions: readonly Expression[];
}

/** How the changes of an item can be joined with others. */
export interface JoinPlan {
    readonly changing: JoinItem;
    readonly isOfChanging: (member: number) => boolean;
    /** Sets of conditions of which each links the item to something. */
    readonly linkChoices: readonly (readonly Expression[])[];
    /** Null where what is asked for would not be told. */
    readonly partnersFor: (links: readonly Expression[]) => {
        readonly partners: readonly { readonly items: readonly From[]; readonly conditions: readonly Expression[] }[];
        /** Those that are applied in any case. */
        readonly conditions: readonly Expression[];
        /** Those that are applied as well where their columns are at hand. */
        readonly more: readonly Expression[];
        readonly wants: readonly Want[];
    } | null;
}

/** A subquery that hangs on the rows of a block. */
export interface Hanging {
    readonly query: Query;
    /** What its rows are compared with: conditions over its outputs. */
    readonly test: ((outputs: readonly Expression[]) => readonly Expression[]) | null;
}

export interface Partner {
    readonly pieces: readonly From[];
    readonly conditions: readonly Expression[];
    readonly wants: readonly Want[];
}

/** The rows that subqueries hang on. */
export interface OuterRows {
    readonly knows: (members: readonly number[]) => boolean;
    /** What has to be joined so that the links can be used and the wants be told; null if nothing does. */
    readonly partnersFor: (links: readonly Expression[], inner: ReadonlySet<number>) => Partner | null;
}

/** What an anchored join asks of whoever derives the blocks. */
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
