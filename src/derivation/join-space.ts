import {
    columnOrNull,
    columnUses,
    freeMembers,
    hasSubquery,
    membersIn,
    visit,
    type ColumnUse,
    type Expression,
    type From,
    type Member,
} from "./query.js";
import type { Rules } from "./rules.js";
import { isComparable, isIdentical, type Types } from "./types.js";

/** One item that a block joins, with the rows that are made only of its columns. */
export interface JoinItem {
    readonly from: From;
    readonly made: readonly Member[];
}

/** An expression whose changed values are wanted. */
export interface Want {
    readonly expression: Expression;
    /** Whether a value that is equal but not identical would be wrong. */
    readonly isExact: boolean;
}

/** The items that a block joins, and the conditions that hold for all its rows. */
export class JoinSpace {
    readonly items: readonly JoinItem[];
    /** Subqueries that name columns of other items in the FROM clause. */
    readonly laterals: readonly Member[];
    /** The conditions that name only the items' columns. */
    readonly conditions: readonly Expression[];
    private readonly itemOfMember = new Map<number, number>();

    constructor(
        { items, conditions }: Extract<From, { kind: "inner" }>,
        private readonly types: Types,
        private readonly rules: Rules,
    ) {
        const plain: { from: From; made: Member[] }[] = [];
        const laterals: Member[] = [];
        const dependent: Member[] = [];
        for (const from of items) {
            const isDependent = freeMembers(from).size > 0;
            if (!isDependent) {
                for (const { memberId } of membersIn(from)) {
                    this.itemOfMember.set(memberId, plain.length);
                }
                plain.push({ from, made: [] });
            } else if (from.kind === "member" && from.member.item.kind === "made") {
                dependent.push(from.member);
            } else {
                laterals.push(...(from.kind === "member" ? [from.member] : []));
                this.unusable.push(...(from.kind === "member" ? [] : [from]));
            }
        }
        for (const member of dependent) {
            const places = this.itemsOf(freeMembers(member));
            const [only] = places ?? [];
            const item = plain[only ?? -1];
            if (places?.size === 1 && item !== undefined && only !== undefined) {
                item.made.push(member);
                this.itemOfMember.set(member.memberId, only);
            }
        }
        this.items = plain;
        this.laterals = laterals;
        this.conditions = conditions.filter((condition) => {
            const places = this.itemsIn(condition);
            return places !== null && places.size > 0 && !hasSubquery(condition);
        });
    }

    /** Joins that name columns of other items in the FROM clause: no rule covers what they contain. */
    readonly unusable: From[] = [];

    /** The items whose columns an expression names; null if it names any other column. */
    itemsIn(value: unknown): ReadonlySet<number> | null {
        return this.itemsOf(columnUses(value).map(({ member }) => member));
    }

    private itemsOf(members: Iterable<number>): ReadonlySet<number> | null {
        const places = new Set<number>();
        for (const member of members) {
            const place = this.itemOfMember.get(member);
            if (place === undefined) {
                return null;
            }
            places.add(place);
        }
        return places;
    }

    /** The wants expressed only with columns of some items; null if these do not determine them. */
    tell(wants: readonly Want[], places: ReadonlySet<number>): readonly Want[] | null {
        const told: Want[] = [];
        for (const want of wants) {
            const expression = this.tellOne(want, places);
            if (expression === null) {
                return null;
            }
            told.push({ ...want, expression });
        }
        return told;
    }

    private tellOne(want: Want, places: ReadonlySet<number>): Expression | null {
        const untold: ColumnUse[] = [];
        const bare = columnOrNull(want.expression);
        const replaceUse = (use: ColumnUse, isExact: boolean): Expression => {
            const place = this.itemOfMember.get(use.member);
            const isHere = place !== undefined && places.has(place);
            const other = place === undefined ? null : isHere ? use : this.equalTo(use, places, isExact);
            if (other === null) {
                untold.push(use);
            }
            return { Column: other ?? use };
        };
        const expression =
            bare !== null ? replaceUse(bare, want.isExact) : mapUses(want.expression, (use) => replaceUse(use, true));
        return untold.length === 0 ? expression : null;
    }

    /** A column of the items that equals another one in every row where all conditions hold. */
    private equalTo(start: ColumnUse, places: ReadonlySet<number>, isExact: boolean): ColumnUse | null {
        const seen = new Set([keyOf(start)]);
        const waiting = [start];
        for (let use = waiting.shift(); use !== undefined; use = waiting.shift()) {
            for (const condition of this.conditions) {
                const pair = equalColumnsOrNull(condition);
                const other = pair?.find((each) => keyOf(each) !== keyOf(use));
                if (pair?.some((each) => keyOf(each) === keyOf(use)) !== true || other === undefined) {
                    continue;
                }
                if (seen.has(keyOf(other)) || !this.standsIn(use, other, isExact)) {
                    continue;
                }
                const place = this.itemOfMember.get(other.member);
                if (place !== undefined && places.has(place)) {
                    return other;
                }
                seen.add(keyOf(other));
                waiting.push(other);
            }
        }
        return null;
    }

    /** Whether a column can replace one that is equal to it. */
    standsIn(one: ColumnUse, other: ColumnUse, isExact: boolean): boolean {
        return standsIn(this.types, this.rules, one, other, isExact);
    }
}

export function standsIn(types: Types, rules: Rules, one: ColumnUse, other: ColumnUse, isExact: boolean): boolean {
    if (!rules.onlyIdenticalStandIn) {
        return true;
    }
    const [left, right] = [types.of({ Column: one }), types.of({ Column: other })];
    const isEnough = isExact ? isIdentical : isComparable;
    return left?.name === right?.name && isEnough(left) && isEnough(right);
}

function keyOf({ member, name }: ColumnUse): string {
    return `${member}.${name}`;
}

function mapUses(value: Expression, map: (use: ColumnUse) => Expression): Expression {
    const replace = (node: unknown): unknown => {
        if (typeof node !== "object" || node === null) {
            return node;
        }
        if (Array.isArray(node)) {
            return node.map(replace);
        }
        const use = columnOrNull(node as Expression);
        return use !== null
            ? map(use)
            : Object.fromEntries(Object.entries(node).map(([key, content]) => [key, replace(content)]));
    };
    return replace(value) as Expression;
}

/** The operands of the built-in `=`; null for every other condition. */
export function equalityOrNull(condition: Expression): readonly [Expression, Expression] | null {
    const { kind, name, lexpr, rexpr } = (condition.A_Expr ?? {}) as {
        readonly kind?: string;
        readonly name?: readonly Expression[];
        readonly lexpr?: Expression;
        readonly rexpr?: Expression;
    };
    const symbol = (name?.[0]?.String as { readonly sval?: string } | undefined)?.sval;
    return kind === "AEXPR_OP" && name?.length === 1 && symbol === "=" && lexpr !== undefined && rexpr !== undefined
        ? [lexpr, rexpr]
        : null;
}

/** The two columns that a condition makes equal. */
export function equalColumnsOrNull(condition: Expression): readonly [ColumnUse, ColumnUse] | null {
    const [left, right] = equalityOrNull(condition) ?? [];
    const pair = [columnOrNull(left), columnOrNull(right)] as const;
    return pair[0] !== null && pair[1] !== null ? [pair[0], pair[1]] : null;
}

/** The outermost subqueries in a value. */
export function subqueriesIn(value: unknown): readonly Expression[] {
    const found: Expression[] = [];
    visit(
        value,
        ({ SubLink }) => {
            if (SubLink !== undefined) {
                found.push(SubLink as Expression);
            }
        },
        (node) => found.includes(node as Expression),
    );
    return found;
}
