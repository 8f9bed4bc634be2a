import { equalityOrNull, subqueriesIn } from "./join-space.js";
import {
    columnOrNull,
    columnUses,
    hasSubquery,
    isSameExpression,
    membersIn,
    occurrencesIn,
    type Expression,
    type From,
    type Member,
} from "./query.js";
import { refusesNulls } from "./simplify-query.js";
import type { Outcome, Outcomes, Trace } from "./trace.js";

/** The subqueries in a block's parts, each with whether it is a whole condition by itself, so that null counts as false. */
export function hangingIn(parts: unknown): readonly { readonly link: Expression; readonly isCondition: boolean }[] {
    const conditions = Array.isArray(parts) && Array.isArray(parts[0]) ? (parts[0] as readonly Expression[]) : [];
    const alone = new Set(conditions.flatMap(({ SubLink }) => (SubLink === undefined ? [] : [SubLink as Expression])));
    return subqueriesIn(parts).map((link) => ({ link, isCondition: alone.has(link) }));
}

export function allWhole(value: unknown, reason: string): Outcomes {
    return new Map(occurrencesIn(value).map((occurrence) => [occurrence, { whole: reason } satisfies Outcome]));
}

export function asFrom(member: Member): From {
    return { kind: "member", member };
}

export function isOnly(places: ReadonlySet<number> | null, place: number): boolean {
    return places?.size === 1 && places.has(place);
}

export function unique(conditions: readonly Expression[]): readonly Expression[] {
    return conditions.filter((condition, place) => conditions.indexOf(condition) === place);
}

export function withConditions(trace: Trace, conditions: readonly Expression[]): Trace {
    return { ...trace, conditions: unique([...trace.conditions, ...conditions]) };
}

/** Which links to try: all of them, all equalities, each equality, each other link. */
export function choicesOf(links: readonly Expression[]): readonly (readonly Expression[])[] {
    const equalities = links.filter((condition) => equalityOrNull(condition) !== null);
    const choices = [
        links,
        equalities,
        ...equalities.map((condition) => [condition]),
        ...links.map((condition) => [condition]),
    ];
    return choices.filter(
        (choice, place) =>
            choice.length > 0 &&
            choices.findIndex(
                (other) => other.length === choice.length && other.every((each, at) => each === choice[at]),
            ) === place,
    );
}

/** Splits a join into the parts that must all have a row when the conditions above it hold. */
export function splitSides(
    from: From,
    above: readonly Expression[],
): readonly { readonly items: readonly From[]; readonly conditions: readonly Expression[] }[] {
    switch (from.kind) {
        case "inner":
            return [
                ...from.items.flatMap((item) => splitSides(item, above)),
                { items: [], conditions: from.conditions },
            ];
        case "left": {
            const filled = new Set(membersIn(from.right).map(({ memberId }) => memberId));
            const isInner = above.some((condition) => refusesNulls(condition, filled)) && !hasSubquery(from.conditions);
            return isInner
                ? [
                      ...splitSides(from.left, [...above, ...from.conditions]),
                      ...splitSides(from.right, above),
                      { items: [], conditions: from.conditions },
                  ]
                : [{ items: [from], conditions: [] }];
        }
        case "member":
        case "full":
            return [{ items: [from], conditions: [] }];
    }
}

export function membersOfItems(from: From): readonly Member[] {
    switch (from.kind) {
        case "member":
            return [from.member];
        case "inner":
            return from.items.flatMap((item) => membersOfItems(item));
        case "left":
        case "full":
            return [...membersOfItems(from.left), ...membersOfItems(from.right)];
    }
}

/** A FROM item without unneeded sides of outer joins: leaving them out loses no row. */
export function pruneFrom(from: From, needed: ReadonlySet<number>): From {
    switch (from.kind) {
        case "member":
        case "full":
            return from;
        case "inner":
            return { ...from, items: from.items.map((item) => pruneFrom(item, withUses(needed, from.conditions))) };
        case "left": {
            const isNeeded = membersIn(from.right).some(({ memberId }) => needed.has(memberId));
            return isNeeded
                ? { ...from, left: pruneFrom(from.left, withUses(needed, [from.conditions, from.right])) }
                : pruneFrom(from.left, needed);
        }
    }
}

function withUses(members: ReadonlySet<number>, value: unknown): ReadonlySet<number> {
    return new Set([...members, ...columnUses(value).map(({ member }) => member)]);
}

/** Whether a join reads tables only. */
export function isCheap(from: From): boolean {
    return membersIn(from).every(({ item }) => item.kind === "relation");
}

/** Whether conditions use a column only as an operand of `=`. */
export function isOnlyCompared(expression: Expression, conditions: readonly Expression[]): boolean {
    return conditions.every((condition) => {
        const operands = equalityOrNull(condition) ?? [];
        const use = columnOrNull(expression);
        const isNamed = columnUses(condition).some((each) => each.member === use?.member && each.name === use.name);
        return !isNamed || operands.some((operand) => isSameExpression(operand, expression));
    });
}

export function nullSafeEqual(one: Expression, other: Expression): Expression {
    return { A_Expr: { kind: "AEXPR_NOT_DISTINCT", name: [{ String: { sval: "=" } }], lexpr: one, rexpr: other } };
}

/** The parts whose value an expression can take: the arguments of COALESCE, the results of CASE, otherwise itself. */
export function alternativesOf(expression: Expression): readonly Expression[] {
    const coalesce = expression.CoalesceExpr as { readonly args: readonly Expression[] } | undefined;
    if (coalesce !== undefined) {
        return coalesce.args.flatMap((arg) => alternativesOf(arg));
    }
    const choice = expression.CaseExpr as
        { readonly args: readonly Expression[]; readonly defresult?: Expression } | undefined;
    if (choice !== undefined) {
        const results = choice.args.map(({ CaseWhen }) => (CaseWhen as { readonly result: Expression }).result);
        return [...results, choice.defresult ?? { A_Const: { isnull: true } }].flatMap((result) =>
            alternativesOf(result),
        );
    }
    return [expression];
}

/** The nearest expressions below a node that name columns. */
export function childrenOf(content: unknown): readonly Expression[] {
    const found: Expression[] = [];
    const look = (value: unknown): void => {
        if (Array.isArray(value)) {
            value.forEach(look);
        } else if (typeof value === "object" && value !== null) {
            const [key = ""] = Object.keys(value);
            if (/^[A-Z]/.test(key)) {
                if (columnUses(value).length > 0) {
                    found.push(value as Expression);
                }
            } else {
                Object.values(value).forEach(look);
            }
        }
    };
    look(content);
    return found;
}
