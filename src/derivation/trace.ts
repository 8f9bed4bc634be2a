import { columnUses, replaceColumns, type Expression, type From, type Member } from "./query.js";

/**
 * One way from changed rows to the wanted values: the changed rows joined with current rows of other relations. Several traces are
 * combined by UNION.
 */
export interface Trace {
    readonly sources: readonly Source[];
    readonly conditions: readonly Expression[];
    /** One per wanted value, in the same order. */
    readonly outputs: readonly Expression[];
    /** Group by these and keep groups whose old and new rows do not cancel out; null to keep all. */
    readonly netBy: readonly Expression[] | null;
}

export type Source =
    | {
          readonly kind: "changed";
          readonly member: Member;
          /** Conditions on the changed rows alone. */
          readonly conditions: readonly Expression[];
          /** Like `netBy` of a trace, but with columns of the changed rows only. */
          readonly netBy: readonly Expression[] | null;
      }
    | { readonly kind: "current"; readonly from: From }
    /** A trace as a subquery; its columns are `value_1`, `value_2` … */
    | { readonly kind: "trace"; readonly memberId: number; readonly trace: Trace };

export interface Whole {
    /** A clause of a sentence. */
    readonly whole: string;
}

export type Outcome = readonly Trace[] | Whole;

/** By the member number of each relation that can change. */
export type Outcomes = Map<number, Outcome>;

export function isWhole(outcome: Outcome): outcome is Whole {
    return "whole" in outcome;
}

export function countWhole(outcomes: Outcomes): number {
    return [...outcomes.values()].filter(isWhole).length;
}

/** Adds outcomes: per relation, `whole` wins; otherwise the traces of both are kept. */
export function addOutcomes(target: Outcomes, added: Outcomes): void {
    for (const [occurrence, outcome] of added) {
        addOutcome(target, occurrence, outcome);
    }
}

export function addOutcome(target: Outcomes, occurrence: number, outcome: Outcome): void {
    const known = target.get(occurrence);
    target.set(
        occurrence,
        known === undefined || isWhole(outcome) ? outcome : isWhole(known) ? known : [...known, ...outcome],
    );
}

export function mapTraces(outcomes: Outcomes, map: (trace: Trace) => readonly Trace[] | Whole): Outcomes {
    const mapped: Outcomes = new Map();
    for (const [occurrence, outcome] of outcomes) {
        if (isWhole(outcome)) {
            mapped.set(occurrence, outcome);
            continue;
        }
        mapped.set(occurrence, []);
        for (const trace of outcome) {
            addOutcome(mapped, occurrence, map(trace));
        }
    }
    return mapped;
}

/** A trace that can be joined further: a grouped one is put into a subquery. */
export function openTrace(trace: Trace, nextMember: () => number): Trace {
    if (trace.netBy === null) {
        return trace;
    }
    const memberId = nextMember();
    return {
        sources: [{ kind: "trace", memberId, trace }],
        conditions: [],
        outputs: trace.outputs.map((_, place) => ({ Column: { member: memberId, name: `value_${place + 1}` } })),
        netBy: null,
    };
}

/** Replaces the wanted columns in a value by the trace's outputs. */
export function fillIn<T>(value: T, columns: readonly Expression[], outputs: readonly Expression[]): T {
    return replaceColumns(value, (use) => {
        const place = columns.findIndex((each) => {
            const { member, name } = each.Column as { readonly member: number; readonly name: string };
            return member === use.member && name === use.name;
        });
        return place === -1 ? null : (outputs[place] ?? null);
    });
}

/** The distinct columns in a value. */
export function distinctColumns(value: unknown, isTaken: (member: number) => boolean): readonly Expression[] {
    const found = new Map<string, Expression>();
    for (const use of columnUses(value)) {
        if (isTaken(use.member)) {
            found.set(`${use.member}.${use.name}`, { Column: use });
        }
    }
    return [...found.values()];
}
