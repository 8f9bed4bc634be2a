import { AnchoredJoin } from "./anchored-join.js";
import type { Catalogue } from "./catalogue.js";
import { changeSign } from "./change-sign.js";
import {
    allWhole,
    asFrom,
    unique,
    withConditions,
    choicesOf,
    splitSides,
    membersOfItems,
    pruneFrom,
    isCheap,
    isOnlyCompared,
    nullSafeEqual,
    alternativesOf,
    childrenOf,
} from "./from-items.js";
import type { OwnTable, JoinPlan, Hanging, Partner, OuterRows, BlockDeriver } from "./join-plan.js";
import { equalColumnsOrNull, equalityOrNull, JoinSpace, standsIn, type JoinItem, type Want } from "./join-space.js";
import {
    column,
    columnOrNull,
    columnUses,
    freeMembers,
    hasSubquery,
    isSameExpression,
    membersIn,
    namesOf,
    occurrencesIn,
    replaceColumns,
    rewrite,
    visit,
    type Block,
    type ColumnType,
    type ColumnUse,
    type Expression,
    type From,
    type Member,
    type Query,
    type Relation,
    type SetOperation,
} from "./query.js";
import { isAggregate, type Numbers } from "./read-query.js";
import type { Rules } from "./rules.js";
import { returnsSet, windowsIn } from "./simplify-query.js";
import {
    addOutcome,
    addOutcomes,
    countWhole,
    distinctColumns,
    fillIn,
    mapTraces,
    openTrace,
    type Outcome,
    type Outcomes,
    type Source,
    type Trace,
} from "./trace.js";
import { groupingKeysOrNull, isComparable, isIdentical, Types } from "./types.js";

type InnerJoin = Extract<From, { kind: "inner" }>;
type OuterJoin = Exclude<From, { kind: "inner" | "member" }>;

/** A column of a query whose changed values are wanted. */
interface WantedColumn {
    readonly name: string;
    readonly isExact: boolean;
}

/**
 * For each place where a SELECT names a relation that can change: how to find those values of some of the SELECT's columns that the
 * change can affect. The rules and their proofs: docs/decisions/derived-mappings.md.
 *
 * Every rule keeps this invariant: take the rows that a block gives only before or only after the change. All their values are found
 * by the traces of all relations together.
 */
export class Deriver implements BlockDeriver {
    private readonly members = new Map<number, Member>();
    private readonly types: Types;

    constructor(
        private readonly root: Query,
        private readonly ownTable: Relation | null,
        private readonly catalogue: Catalogue,
        private readonly numbers: Numbers,
        private readonly rules: Rules,
    ) {
        this.types = new Types(catalogue, this.members);
        this.learn(root);
    }

    /** @param wants names of the SELECT's columns */
    derive(wants: readonly string[]): Outcomes {
        const outcomes = this.query(
            this.root,
            wants.map((name) => ({ name, isExact: false })),
            true,
        );
        for (const occurrence of occurrencesIn(this.root)) {
            if (!outcomes.has(occurrence)) {
                outcomes.set(occurrence, { whole: "no rule covers the place where it is read" });
            }
        }
        return outcomes;
    }

    typeOfColumn(name: string): ColumnType | null {
        return this.types.ofQuery(this.root, namesOf(this.root).indexOf(name));
    }

    private learn(value: unknown): void {
        for (const member of membersIn(value)) {
            this.members.set(member.memberId, member);
        }
    }

    private readonly nextMember = (): number => this.numbers.next++;

    private query(query: Query, wants: readonly WantedColumn[], isRoot = false): Outcomes {
        switch (query.kind) {
            case "values":
                return allWhole(query, "it is read by a subquery in VALUES");
            case "set":
                return this.set(query, wants);
            case "block": {
                const asked = wants.map(({ name, isExact }): Want => {
                    const output = query.outputs.find((each) => each.name === name);
                    if (output === undefined) {
                        throw new Error(`no such output: ${name}`);
                    }
                    return { expression: output.expression, isExact };
                });
                return this.alternatives(query, asked, isRoot);
            }
        }
    }

    private set(query: SetOperation, wants: readonly WantedColumn[]): Outcomes {
        if (query.limit !== null && this.rules.limitIsWhole) {
            return allWhole(query, "with LIMIT any row can displace any other");
        }
        const names = namesOf(query);
        const outcomes: Outcomes = new Map();
        for (const [isLeft, branch] of [
            [true, query.left],
            [false, query.right],
        ] as const) {
            if (!isLeft && !this.rules.allBranches && query.operator !== "union") {
                for (const occurrence of occurrencesIn(branch)) {
                    addOutcome(outcomes, occurrence, []);
                }
                continue;
            }
            const branchNames = namesOf(branch);
            const places = wants.map(({ name }) => names.indexOf(name));
            const problem = wants
                .map(({ isExact }, index) => {
                    const type = this.types.ofQuery(query, places[index] ?? -1);
                    const own = this.types.ofQuery(branch, places[index] ?? -1);
                    const isMerged = query.operator !== "union" || !query.isAll;
                    return isExact && (type === null || type.name !== own?.name)
                        ? "a set operation's branches have types that are not known to be the same"
                        : isMerged && !this.isTold(type ?? own, isExact)
                          ? equalNotSame
                          : null;
                })
                .find((each) => each !== null);
            if (problem !== undefined) {
                addOutcomes(outcomes, allWhole(branch, problem));
                continue;
            }
            addOutcomes(
                outcomes,
                this.query(
                    branch,
                    wants.map(({ isExact }, index) => ({ name: branchNames[places[index] ?? -1] ?? "", isExact })),
                ),
            );
        }
        return outcomes;
    }

    /** COALESCE and CASE give the value of one of their arguments: if the whole expression cannot be traced, trace each argument. */
    private alternatives(block: Block, wants: readonly Want[], isRoot: boolean): Outcomes {
        const direct = this.block(block, wants, isRoot);
        if (countWhole(direct) === 0) {
            return direct;
        }
        let choices: readonly (readonly Want[])[] = [[]];
        for (const want of wants) {
            const options = alternativesOf(want.expression);
            const types = options.map((option) => this.types.of(option)?.name ?? null);
            const [first = null] = types;
            const isSplit =
                options.length > 1 && (!want.isExact || (first !== null && types.every((type) => type === first)));
            const taken = isSplit ? (this.rules.allAlternatives ? options : options.slice(0, 1)) : [want.expression];
            choices = choices.flatMap((choice) => taken.map((expression) => [...choice, { ...want, expression }]));
        }
        if (choices.length === 1 && this.rules.allAlternatives) {
            return direct;
        }
        if (choices.length > 16) {
            return direct;
        }
        const split: Outcomes = new Map();
        for (const choice of choices) {
            addOutcomes(split, this.block(block, choice, isRoot));
        }
        return countWhole(split) < countWhole(direct) ? split : direct;
    }

    private block(block: Block, wants: readonly Want[], isRoot: boolean): Outcomes {
        if (block.limit !== null && this.rules.limitIsWhole) {
            return allWhole(block, "with LIMIT any row can displace any other");
        }
        const windows = windowsIn([block.outputs, block.order, block.distinct]);
        for (const { expression } of wants) {
            const problem = hasSubquery(expression)
                ? "the entity comes from a subquery"
                : windowsIn(expression).length > 0
                  ? "the entity comes from a window function"
                  : returnsSet(expression, this.catalogue)
                    ? "the entity comes from a function that gives several rows"
                    : null;
            if (problem !== null) {
                return allWhole(block, problem);
            }
        }
        if (
            block.distinct === "all" &&
            wants.some((want) => !this.isTold(this.types.of(want.expression), want.isExact))
        ) {
            return allWhole(block, equalNotSame);
        }
        // Keys through which a change affects rows other than those with its own values.
        const reached: (readonly Expression[])[] = [];
        const distinct = Array.isArray(block.distinct) ? (block.distinct as readonly Expression[]) : null;
        const isWithin = (keys: readonly Expression[]): boolean => wants.every((want) => this.isOf(want, keys));
        const leaving = windows.filter((partition) => !isWithin(partition));
        if (leaving.some((partition) => partition.length === 0) && this.rules.windowsReachTheirPartition) {
            return allWhole(block, "a window without PARTITION BY lets each row reach all others");
        }
        if (this.rules.windowsReachTheirPartition) {
            reached.push(...leaving);
        }
        if (distinct !== null && !isWithin(distinct)) {
            if (leaving.length > 0) {
                return allWhole(block, "neither the window nor DISTINCT ON has the entity as its key");
            }
            if (
                !windows.every((partition) =>
                    distinct.every((key) => this.isOf({ expression: key, isExact: true }, partition)),
                )
            ) {
                return allWhole(block, "neither the entity nor the window's partition is the key of DISTINCT ON");
            }
            if (this.rules.distinctOnReachesItsKey) {
                reached.push(distinct);
            }
        }
        let asked = wants;
        if (block.grouping !== null) {
            const { keys, isByOneSet } = block.grouping;
            if (!isByOneSet) {
                return allWhole(block, "GROUPING SETS, ROLLUP and CUBE give groups without the entity");
            }
            if (!isWithin(keys)) {
                if (this.rules.groupsByTheirKeys) {
                    return allWhole(
                        block,
                        "the entity is not among the keys of GROUP BY: what a group was before is known nowhere",
                    );
                }
                asked = wants.map((want) => ({ ...want, expression: this.withoutAggregates(want.expression) }));
            }
            if (reached.length > 0) {
                return allWhole(block, "a window over groups is not partitioned by the entity");
            }
        }
        const own = isRoot ? this.ownTableOf(block, distinct, leaving) : null;
        const semis = [block.from.conditions, block.outputs, block.grouping, block.order, block.distinct];
        const outcomes = this.inner(block.from, semis, asked, own);
        for (const keys of reached) {
            addOutcomes(outcomes, this.reach(block, semis, keys, asked));
        }
        return outcomes;
    }

    /** Traces to the rows that share the key of a window or DISTINCT ON with a changed row. */
    private reach(block: Block, semis: unknown, keys: readonly Expression[], wants: readonly Want[]): Outcomes {
        const isUnknown = keys.some(
            (key) => !isComparable(this.types.of(key)) || hasSubquery(key) || windowsIn(key).length > 0,
        );
        if (isUnknown || freeMembers(block.from).size > 0) {
            return allWhole(block, "a window or DISTINCT ON uses values whose equality is not known");
        }
        const found = this.inner(
            block.from,
            semis,
            keys.map((key) => ({ expression: key, isExact: columnOrNull(key) === null })),
            null,
        );
        const { value, numberOf } = this.copy(block.from);
        const copied = <T>(given: T): T =>
            replaceColumns(given, ({ member, name }) => {
                const number = numberOf(member);
                return number === null ? null : column(number, name);
            });
        return mapTraces(found, (trace) => {
            const open = openTrace(trace, this.nextMember);
            const same = keys.map((key, place) => nullSafeEqual(open.outputs[place] ?? {}, copied(key)));
            return [
                {
                    sources: [...open.sources, ...value.items.map((from): Source => ({ kind: "current", from }))],
                    conditions: [
                        ...open.conditions,
                        ...same,
                        ...value.conditions.filter((condition) => !hasSubquery(condition)),
                    ],
                    outputs: wants.map(({ expression }) => copied(expression)),
                    netBy: null,
                },
            ];
        });
    }

    /** A copy with new member numbers, so that both can be in one FROM clause. */
    private copy(from: InnerJoin): { readonly value: InnerJoin; readonly numberOf: (member: number) => number | null } {
        const numbers = new Map(membersIn(from).map(({ memberId }) => [memberId, this.nextMember()]));
        const numberOf = (member: number): number | null => numbers.get(member) ?? null;
        const renumber = (given: unknown): unknown =>
            rewrite(given, (node) => {
                const use = columnOrNull(node);
                if (use !== null) {
                    return column(numberOf(use.member) ?? use.member, use.name);
                }
                if (typeof node.memberId === "number") {
                    const { memberId, ...rest } = node;
                    return { memberId: numberOf(memberId) ?? memberId, ...(renumber(rest) as object) };
                }
                return null;
            });
        const value = renumber(from) as InnerJoin;
        this.learn(value);
        return { value, numberOf };
    }

    /** Tries each item as the anchor from which the other items are ranked, and takes the join that leaves the least whole. */
    private inner(from: InnerJoin, semis: unknown, wants: readonly Want[], own: OwnTable | null): Outcomes {
        if (columnUses(wants).length === 0) {
            return this.anyChange([from, semis], wants);
        }
        const space = new JoinSpace(from, this.types, this.rules);
        let best: Outcomes | null = null;
        for (const [anchor] of space.items.entries()) {
            if (space.tell(wants, new Set([anchor])) === null) {
                continue;
            }
            const outcomes = new AnchoredJoin(this, space, anchor, wants, semis, own).outcomes();
            if (best === null || countWhole(outcomes) < countWhole(best)) {
                best = outcomes;
            }
        }
        return best ?? allWhole([from, semis], "no single table of a join determines the entity");
    }

    /** For values that are the same for all rows: any change may affect them. */
    private anyChange(value: unknown, wants: readonly Want[]): Outcomes {
        const outcomes: Outcomes = new Map();
        for (const occurrence of occurrencesIn(value)) {
            const member = this.members.get(occurrence);
            if (member !== undefined) {
                const source: Source = { kind: "changed", member, conditions: [], netBy: null };
                const outputs = wants.map(({ expression }) => expression);
                addOutcome(outcomes, occurrence, [{ sources: [source], conditions: [], outputs, netBy: null }]);
            }
        }
        return outcomes;
    }

    /** Traces a FROM item alone; the wants name only its columns. */
    from(from: From, wants: readonly Want[], own: OwnTable | null): Outcomes {
        if (columnUses(wants).length === 0) {
            return this.anyChange(from, wants);
        }
        switch (from.kind) {
            case "member":
                return this.member(from.member, wants);
            case "inner":
                return this.inner(
                    from,
                    [from.conditions],
                    wants,
                    own === null ? null : { ...own, conditions: [...own.conditions, ...from.conditions] },
                );
            case "left":
            case "full":
                return this.outer(from, wants, own);
        }
    }

    /** Traces an item together with the rows made of its columns. */
    item({ from, made }: JoinItem, wants: readonly Want[], own: OwnTable | null): Outcomes {
        const used = new Set(columnUses(wants).map(({ member }) => member));
        // From the last to the first: one may be made of another's columns.
        const needed = new Set<Member>();
        for (const member of [...made].reverse()) {
            if (used.has(member.memberId)) {
                needed.add(member);
                for (const { member: other } of columnUses(member)) {
                    used.add(other);
                }
            }
        }
        if (needed.size === 0) {
            return this.from(from, wants, own);
        }
        const taken = made.filter((member) => needed.has(member));
        const ids = new Set(taken.map(({ memberId }) => memberId));
        const inner = new Set(membersIn(taken).map(({ memberId }) => memberId));
        const columns = distinctColumns([wants, taken], (member) => !ids.has(member) && !inner.has(member));
        const asked = columns.map((expression): Want => ({ expression, isExact: true }));
        const outcomes = this.from(from, asked, null);
        return mapTraces(outcomes, (trace) => {
            const open = openTrace(trace, this.nextMember);
            return [
                {
                    sources: [
                        ...open.sources,
                        ...taken.map((member): Source => ({
                            kind: "current",
                            from: { kind: "member", member: fillIn(member, columns, open.outputs) },
                        })),
                    ],
                    conditions: open.conditions,
                    outputs: wants.map(({ expression }) => fillIn(expression, columns, open.outputs)),
                    netBy: null,
                },
            ];
        });
    }

    private member(member: Member, wants: readonly Want[]): Outcomes {
        const { item } = member;
        switch (item.kind) {
            case "made":
                return new Map();
            case "relation": {
                if (item.relation.upstream === null) {
                    return new Map();
                }
                return new Map([[member.memberId, [this.changed(member, [], wants, [])]]]);
            }
            case "query": {
                const columns = distinctColumns(wants, (id) => id === member.memberId);
                const asked = columns.map((expression): WantedColumn => {
                    const isBareWant = wants.every(
                        (want) =>
                            !columnUses(want.expression).some((use) => use.name === columnOrNull(expression)?.name) ||
                            (columnOrNull(want.expression) !== null && !want.isExact),
                    );
                    return { name: columnOrNull(expression)?.name ?? "", isExact: !isBareWant };
                });
                return mapTraces(this.query(item.query, asked), (trace) => {
                    const outputs = wants.map(({ expression }) => fillIn(expression, columns, trace.outputs));
                    if (trace.netBy === null) {
                        return [{ ...trace, outputs }];
                    }
                    const open = openTrace(trace, this.nextMember);
                    return [
                        { ...open, outputs: wants.map(({ expression }) => fillIn(expression, columns, open.outputs)) },
                    ];
                });
            }
        }
    }

    /**
     * The changed rows of a relation, without those whose used columns are the same before and after. If conditions on both sides are
     * the only use of some columns, such as the bounds of a validity, old and new are compared after the join with the partners.
     *
     * @param conditions on its columns and on those of partners
     * @param partners the current rows that it is joined with
     */
    changed(
        member: Member,
        conditions: readonly Expression[],
        wants: readonly Want[],
        partners: readonly From[],
    ): Trace {
        const { memberId } = member;
        const outputs = wants.map(({ expression }) => expression);
        const isLocal = (condition: Expression): boolean =>
            columnUses(condition).every((use) => use.member === memberId);
        const local = conditions.filter(isLocal);
        const joined = conditions.filter((condition) => !isLocal(condition));
        const current = partners.map((from): Source => ({ kind: "current", from }));
        const plain = (netBy: readonly Expression[] | null): Trace => ({
            sources: [{ kind: "changed", member, conditions: local, netBy }, ...current],
            conditions: joined,
            outputs,
            netBy: null,
        });
        const relation = member.item.kind === "relation" ? member.item.relation : null;
        // A column of that name would hide the sign.
        const hasSign = relation?.columns.every((each) => each.column !== changeSign) === true;
        const hasOldRows = hasSign && relation.upstream?.hasOldRows === true;
        if (!hasOldRows) {
            return plain(null);
        }
        const applied = new Set<object>(conditions);
        const isOwn = (use: number): boolean => use === memberId;
        const left = distinctColumns([this.usesOf(applied), outputs], isOwn);
        const kept = this.rules.allUsedColumns ? left : distinctColumns(outputs, isOwn);
        const usesUp = joined.some(
            (condition) =>
                equalityOrNull(condition) === null &&
                distinctColumns(condition, isOwn).some((each) => !left.some((other) => isSameExpression(each, other))),
        );
        if (usesUp) {
            const partnerKeys = this.rules.partnersApart ? this.partnerKeysOrNull(partners) : [];
            const ownKeys = this.keysOrNull(kept);
            if (partnerKeys !== null && ownKeys !== null) {
                const keys = [...ownKeys, ...partnerKeys];
                const missing = distinctColumns(outputs, () => true).filter(
                    (each) => !keys.some((key) => isSameExpression(key, each)),
                );
                return {
                    sources: [{ kind: "changed", member, conditions: local, netBy: null }, ...current],
                    conditions: joined,
                    outputs,
                    netBy: [...keys, ...missing],
                };
            }
        }
        const used = distinctColumns([kept, joined, outputs], isOwn);
        return plain(this.keysOrNull(used));
    }

    /** The columns that the whole SELECT names, apart from some conditions. */
    private usesOf(applied: ReadonlySet<object>): readonly Expression[] {
        return columnUses(this.root, (value) => applied.has(value)).map((use) => ({ Column: use }));
    }

    private keysOrNull(columns: readonly Expression[]): readonly Expression[] | null {
        const keys: Expression[] = [];
        for (const each of columns) {
            const own = this.rules.sameNotEqual ? groupingKeysOrNull(each, this.types.of(each)) : [each];
            if (own === null) {
                return null;
            }
            keys.push(...own);
        }
        return keys;
    }

    /** What distinguishes the partners' rows: the primary key, otherwise all columns that the SELECT uses. */
    private partnerKeysOrNull(partners: readonly From[]): readonly Expression[] | null {
        const keys: Expression[] = [];
        for (const from of partners) {
            if (from.kind === "left" || from.kind === "full") {
                return null;
            }
            for (const member of membersOfItems(from)) {
                const { item, memberId } = member;
                if (item.kind === "relation" && item.relation.primaryKey.length > 0) {
                    keys.push(...item.relation.primaryKey.map((name) => column(memberId, name)));
                    continue;
                }
                const used = distinctColumns(
                    columnUses(this.root).map((use) => ({ Column: use })),
                    (id) => id === memberId,
                );
                const own = this.keysOrNull(used);
                if (own === null) {
                    return null;
                }
                keys.push(...own);
            }
        }
        return keys;
    }

    private outer(from: OuterJoin, wants: readonly Want[], own: OwnTable | null): Outcomes {
        const sides = [from.left, from.right].map((side) => new Set(membersIn(side).map(({ memberId }) => memberId)));
        const [leftIds = new Set<number>(), rightIds = new Set<number>()] = sides;
        const used = columnUses(wants).map(({ member }) => member);
        const isOf = (ids: ReadonlySet<number>): boolean => used.every((member) => ids.has(member));
        const outcomes: Outcomes = new Map();
        addOutcomes(outcomes, allWhole(from.conditions, "it is read by a subquery in the ON of an outer join"));
        if (isOf(leftIds) || (from.kind === "full" && isOf(rightIds))) {
            const [kept, filled] = isOf(leftIds) ? [from.left, from.right] : [from.right, from.left];
            const moved = this.rules.outerEqualityTellsNothing ? null : this.moveToFilled(from, wants, filled);
            if (moved !== null) {
                addOutcomes(outcomes, this.from(filled, moved, null));
                addOutcomes(outcomes, this.attach(kept, filled, from.conditions, moved));
                return outcomes;
            }
            addOutcomes(
                outcomes,
                this.withRowOfNulls(
                    from.kind === "full",
                    this.from(kept, wants, from.kind === "full" ? null : own),
                    wants,
                ),
            );
            addOutcomes(
                outcomes,
                this.withRowOfNulls(
                    from.kind === "full",
                    this.attachFilled(kept, filled, from.conditions, wants, from.kind === "full" ? null : own),
                    wants,
                ),
            );
            return outcomes;
        }
        if (isOf(rightIds)) {
            addOutcomes(outcomes, this.withRowOfNulls(true, this.from(from.right, wants, null), wants));
            addOutcomes(
                outcomes,
                this.withRowOfNulls(true, this.attach(from.left, from.right, from.conditions, wants), wants),
            );
            return outcomes;
        }
        addOutcomes(outcomes, allWhole(from, "no single side of an outer join determines the entity"));
        return outcomes;
    }

    /** Moves the wants to the side that is filled with nulls. Wrong on purpose: the tests must detect it. */
    private moveToFilled(from: OuterJoin, wants: readonly Want[], filled: From): readonly Want[] | null {
        const ids = new Set(membersIn(filled).map(({ memberId }) => memberId));
        const told = this.tellByEquality(wants, from.conditions, ids);
        return told;
    }

    private tellByEquality(
        wants: readonly Want[],
        conditions: readonly Expression[],
        ids: ReadonlySet<number>,
    ): readonly Want[] | null {
        const pairs = conditions.flatMap((condition) => {
            const pair = equalColumnsOrNull(condition);
            return pair === null ? [] : [pair];
        });
        const told: Want[] = [];
        for (const want of wants) {
            const bare = columnOrNull(want.expression);
            if (bare === null) {
                return null;
            }
            const isBare = (use: ColumnUse): boolean => use.member === bare.member && use.name === bare.name;
            const other = pairs
                .filter((pair) => pair.some(isBare))
                .flatMap((pair) => pair.filter((use) => !isBare(use)))
                .find((use) => ids.has(use.member) && standsIn(this.types, this.rules, bare, use, want.isExact));
            if (other === undefined) {
                return null;
            }
            told.push({ ...want, expression: { Column: other } });
        }
        return told;
    }

    /** How changes of the side that is filled with nulls affect the rows of the side that is kept. */
    private attachFilled(
        kept: From,
        filled: From,
        conditions: readonly Expression[],
        wants: readonly Want[],
        own: OwnTable | null,
    ): Outcomes {
        if (freeMembers(filled).size > 0) {
            const members = filled.kind === "member" ? [filled.member] : [];
            const space: InnerJoin = {
                kind: "inner",
                items: [kept, ...members.map((member) => asFrom(member))],
                conditions: [],
            };
            // Only the outcomes of the subquery are taken: the caller handles the kept side.
            const seen = members.length === 0 ? null : this.inner(space, [], wants, null);
            const outcomes = allWhole(filled, "no rule covers an outer join whose sides name each other's columns");
            for (const [occurrence, outcome] of seen ?? []) {
                if (outcomes.has(occurrence)) {
                    outcomes.set(occurrence, outcome);
                }
            }
            return outcomes;
        }
        const found = this.attach(filled, kept, conditions, wants);
        if (isCheap(kept) && countWhole(found) === 0) {
            return found;
        }
        const throughOwn = own === null ? null : this.attachToOwnTable(filled, conditions, wants, own);
        if (throughOwn !== null && countWhole(throughOwn) === 0) {
            return throughOwn;
        }
        const ids = new Set(membersIn(filled).map(({ memberId }) => memberId));
        const told = this.tellByEquality(wants, conditions, ids);
        const direct = told === null ? null : this.from(filled, told, null);
        return direct !== null && countWhole(direct) === 0 ? direct : found;
    }

    /** Uses the model's own table in place of the kept side: it holds that side's rows as of the last build. */
    private attachToOwnTable(
        filled: From,
        conditions: readonly Expression[],
        wants: readonly Want[],
        own: OwnTable,
    ): Outcomes | null {
        const filledIds = new Set(membersIn(filled).map(({ memberId }) => memberId));
        const speaksOfFilled = own.conditions.some((condition) =>
            columnUses(condition).some(({ member }) => filledIds.has(member)),
        );
        if (speaksOfFilled && this.rules.ownTableMustHoldTheRow) {
            return null;
        }
        const memberId = this.nextMember();
        const member: Member = {
            memberId,
            alias: own.relation.name,
            item: { kind: "relation", relation: own.relation },
        };
        this.learn(member);
        const missing: ColumnUse[] = [];
        const inOwn = <T>(value: T): T =>
            replaceColumns(value, (use) => {
                if (filledIds.has(use.member)) {
                    return null;
                }
                const held = own.columns.get(`${use.member}.${use.name}`);
                if (held === undefined) {
                    missing.push(use);
                }
                return column(memberId, held ?? use.name);
            });
        const usable = conditions.filter((condition) => !hasSubquery(condition)).map(inOwn);
        const asked = wants.map((want) => ({ ...want, expression: inOwn(want.expression) }));
        return missing.length === 0 ? this.attach(filled, asFrom(member), usable, asked) : null;
    }

    private ownTableOf(
        block: Block,
        distinct: readonly Expression[] | null,
        leaving: readonly unknown[],
    ): OwnTable | null {
        const isPlain =
            block.grouping === null &&
            block.distinct === null &&
            distinct === null &&
            block.limit === null &&
            leaving.length === 0 &&
            block.from.items.length === 1 &&
            !block.outputs.some(({ expression }) => returnsSet(expression, this.catalogue));
        if (this.ownTable === null || !isPlain) {
            return null;
        }
        const columns = new Map<string, string>();
        for (const { name, expression } of block.outputs) {
            const use = columnOrNull(expression);
            if (use !== null && this.ownTable.columns.some((each) => each.column === name)) {
                columns.set(`${use.member}.${use.name}`, name);
            }
        }
        return { relation: this.ownTable, columns, conditions: block.from.conditions };
    }

    /**
     * Joins the changes of one side with the current rows of the other.
     *
     * @param conditions on both sides; used as far as the changed side determines their columns
     */
    private attach(changing: From, other: From, conditions: readonly Expression[], wants: readonly Want[]): Outcomes {
        const changingIds = new Set(membersIn(changing).map(({ memberId }) => memberId));
        const otherIds = new Set(membersIn(other).map(({ memberId }) => memberId));
        const usable = conditions.filter(
            (condition) =>
                !hasSubquery(condition) &&
                columnUses(condition).every(({ member }) => changingIds.has(member) || otherIds.has(member)),
        );
        if (columnUses(wants).length === 0 || freeMembers(other).size > 0) {
            return columnUses(wants).length === 0
                ? this.anyChange(changing, wants)
                : allWhole(changing, "no rule covers an outer join whose sides name each other's columns");
        }
        const links = usable.filter(
            (condition) =>
                columnUses(condition).some(({ member }) => changingIds.has(member)) &&
                columnUses(condition).some(({ member }) => otherIds.has(member)),
        );
        return this.join({
            changing: { from: changing, made: [] },
            isOfChanging: (member) => changingIds.has(member),
            linkChoices: choicesOf(links),
            partnersFor: (used) => {
                const applied = [...used, ...usable.filter((condition) => !links.includes(condition))];
                const speaking = [...applied, ...wants.map(({ expression }) => expression)];
                return {
                    partners: splitSides(
                        pruneFrom(other, new Set(columnUses(speaking).map(({ member }) => member))),
                        used,
                    ),
                    conditions: applied,
                    more: usable,
                    wants,
                };
            },
        });
    }

    /** Joins the changes of an item with the current rows of partners, by the links that leave the least whole. */
    join(plan: JoinPlan): Outcomes {
        const { changing } = plan;
        let best: Outcomes | null = null;
        for (const links of plan.linkChoices) {
            const found = plan.partnersFor(links);
            if (found === null) {
                continue;
            }
            const { partners, conditions, more, wants } = found;
            const pieces = partners.flatMap(({ items }) => items);
            const inside = partners
                .flatMap((partner) => partner.conditions)
                .filter((condition) => !hasSubquery(condition));
            const leaf =
                changing.from.kind === "member" && changing.from.member.item.kind === "relation"
                    ? changing.from.member
                    : null;
            let outcomes: Outcomes;
            if (leaf !== null && changing.made.length === 0) {
                const partnerIds = new Set(membersIn(pieces).map(({ memberId }) => memberId));
                const all = unique([
                    ...conditions,
                    ...more.filter((condition) =>
                        columnUses(condition).every(({ member }) => member === leaf.memberId || partnerIds.has(member)),
                    ),
                ]);
                outcomes =
                    leaf.item.kind === "relation" && leaf.item.relation.upstream !== null
                        ? new Map([[leaf.memberId, [withConditions(this.changed(leaf, all, wants, pieces), inside)]]])
                        : new Map<number, Outcome>();
            } else {
                const columns = distinctColumns(links, plan.isOfChanging);
                // Other conditions need columns that the item may not determine.
                const applicable = conditions.filter((condition) =>
                    distinctColumns(condition, plan.isOfChanging).every((each) =>
                        columns.some((known) => isSameExpression(known, each)),
                    ),
                );
                const asked = columns.map((expression): Want => ({
                    expression,
                    isExact: !isOnlyCompared(expression, applicable),
                }));
                const extra = distinctColumns(wants, plan.isOfChanging).filter(
                    (each) => !columns.some((known) => isSameExpression(known, each)),
                );
                const all = [...columns, ...extra];
                outcomes = mapTraces(
                    this.item(
                        changing,
                        [...asked, ...extra.map((expression): Want => ({ expression, isExact: true }))],
                        null,
                    ),
                    (trace) => {
                        const open = openTrace(trace, this.nextMember);
                        return [
                            {
                                sources: [
                                    ...open.sources,
                                    ...pieces.map((from): Source => ({ kind: "current", from })),
                                ],
                                conditions: [...open.conditions, ...fillIn(applicable, all, open.outputs), ...inside],
                                outputs: wants.map(({ expression }) => fillIn(expression, all, open.outputs)),
                                netBy: null,
                            },
                        ];
                    },
                );
            }
            if (best === null || countWhole(outcomes) < countWhole(best)) {
                best = outcomes;
            }
        }
        return best ?? allWhole(changing.from, "no condition links it to the entity");
    }

    private withRowOfNulls(isAdded: boolean, outcomes: Outcomes, wants: readonly Want[]): Outcomes {
        if (!isAdded || !this.rules.rowOfNulls) {
            return outcomes;
        }
        const nulls = wants.map(({ expression }) => this.ofNulls(expression));
        if (nulls.includes(null)) {
            return new Map(
                [...outcomes.keys()].map((key) => [
                    key,
                    { whole: "an outer join can give a row of nulls of an unknown type" },
                ]),
            );
        }
        const result: Outcomes = new Map();
        for (const [occurrence, outcome] of outcomes) {
            const member = this.members.get(occurrence);
            addOutcome(result, occurrence, outcome);
            if (member !== undefined) {
                addOutcome(result, occurrence, [
                    {
                        sources: [{ kind: "changed", member, conditions: [], netBy: null }],
                        conditions: [],
                        outputs: nulls as readonly Expression[],
                        netBy: null,
                    },
                ]);
            }
        }
        return result;
    }

    /** The expression with null for each of its columns. */
    private ofNulls(expression: Expression): Expression | null {
        const isKnown = columnUses(expression).every((use) => this.types.of({ Column: use }) !== null);
        return isKnown
            ? replaceColumns(expression, (use) => ({
                  NullOfType: { type: this.types.of({ Column: use })?.name ?? "" },
              }))
            : null;
    }

    /**
     * Traces changes in a subquery in a condition or an output, or in LATERAL: conditions on both tie its rows to the outer row.
     * Its GROUP BY, DISTINCT and LIMIT do not matter.
     */
    subquery(link: Hanging, outer: OuterRows): Outcomes {
        const outcomes: Outcomes = new Map();
        for (const { block, test } of this.coresOf(link.query, link.test)) {
            const inside = [block.from.conditions, block.outputs, block.grouping, block.order, block.distinct];
            const own = new Set(membersIn(block.from).map(({ memberId }) => memberId));
            const links = [...block.from.conditions.filter((condition) => !hasSubquery(condition)), ...test].filter(
                (condition) => {
                    const used = columnUses(condition).map(({ member }) => member);
                    return (
                        used.some((member) => own.has(member)) &&
                        used.some((member) => !own.has(member)) &&
                        outer.knows(used.filter((member) => !own.has(member))) &&
                        !this.hasAggregate(condition)
                    );
                },
            );
            let best: Outcomes | null = null;
            for (const chosen of choicesOf(links)) {
                const partner = outer.partnersFor(chosen, own);
                if (partner === null) {
                    continue;
                }
                const only =
                    block.from.items.length === 1 && block.from.items[0]?.kind === "member"
                        ? block.from.items[0].member
                        : null;
                let found: Outcomes;
                if (only?.item.kind === "relation") {
                    const local = block.from.conditions.filter(
                        (condition) =>
                            !hasSubquery(condition) &&
                            columnUses(condition).every(({ member }) => member === only.memberId),
                    );
                    const trace = this.changed(only, [...chosen, ...local], partner.wants, partner.pieces);
                    found =
                        only.item.relation.upstream === null
                            ? new Map<number, Outcome>()
                            : new Map([[only.memberId, [withConditions(trace, partner.conditions)]]]);
                    // Subqueries inside this one are traced through it.
                    addOutcomes(found, this.nested(block, inside, chosen, own, partner, only.memberId));
                } else {
                    found = this.nested(block, inside, chosen, own, partner, null);
                }
                if (best === null || countWhole(found) < countWhole(best)) {
                    best = found;
                }
            }
            addOutcomes(
                outcomes,
                best ?? allWhole([block.from, inside], "a subquery reads it and nothing links it to the entity"),
            );
        }
        for (const occurrence of occurrencesIn(link.query)) {
            if (!outcomes.has(occurrence)) {
                addOutcome(outcomes, occurrence, { whole: "no rule covers the subquery that reads it" });
            }
        }
        return outcomes;
    }

    private nested(
        block: Block,
        inside: unknown,
        chosen: readonly Expression[],
        own: ReadonlySet<number>,
        partner: Partner,
        leftOut: number | null,
    ): Outcomes {
        const columns = distinctColumns(chosen, (member) => own.has(member));
        const asked = columns.map((expression): Want => ({ expression, isExact: !isOnlyCompared(expression, chosen) }));
        const found = this.inner(block.from, inside, asked, null);
        if (leftOut !== null) {
            found.delete(leftOut);
        }
        return mapTraces(found, (trace) => {
            const open = openTrace(trace, this.nextMember);
            return [
                {
                    sources: [...open.sources, ...partner.pieces.map((from): Source => ({ kind: "current", from }))],
                    conditions: [...open.conditions, ...fillIn(chosen, columns, open.outputs), ...partner.conditions],
                    outputs: partner.wants.map(({ expression }) => expression),
                    netBy: null,
                },
            ];
        });
    }

    /** The blocks of a subquery, each with the conditions that compare its outputs. */
    private coresOf(
        query: Query,
        test: Hanging["test"],
    ): readonly { readonly block: Block; readonly test: readonly Expression[] }[] {
        switch (query.kind) {
            case "values":
                return [];
            case "set": {
                const isPlain = query.operator === "union" && query.limit === null;
                const kept = isPlain || !this.rules.onlyPlainSubqueriesCompare ? test : null;
                return [...this.coresOf(query.left, kept), ...this.coresOf(query.right, kept)];
            }
            case "block": {
                const isPlain =
                    query.grouping === null &&
                    query.limit === null &&
                    !Array.isArray(query.distinct) &&
                    windowsIn([query.outputs, query.order]).length === 0 &&
                    !query.outputs.some(
                        ({ expression }) => returnsSet(expression, this.catalogue) || hasSubquery(expression),
                    );
                const compared =
                    test === null || (!isPlain && this.rules.onlyPlainSubqueriesCompare)
                        ? []
                        : test(query.outputs.map(({ expression }) => this.withoutAggregates(expression)));
                return [{ block: query, test: compared }];
            }
        }
    }

    private isTold(type: ColumnType | null, isExact: boolean): boolean {
        return !this.rules.onlyIdenticalStandIn || (isExact ? isIdentical(type) : isComparable(type));
    }

    /** Whether the wanted value is a function of the keys, so that rows with equal keys cannot differ in it. */
    private isOf({ expression, isExact }: Want, keys: readonly Expression[]): boolean {
        const key = keys.find((each) => isSameExpression(each, expression));
        if (key !== undefined) {
            return this.isTold(this.types.of(key), isExact);
        }
        const [kind = "", content] = Object.entries(expression)[0] ?? [];
        if (kind === "Column" || kind === "SubLink" || columnUses(expression).length === 0) {
            return kind !== "Column" && kind !== "SubLink" && !this.hasAggregate(expression);
        }
        if (
            kind === "FuncCall" &&
            (isAggregate(content as Expression, this.catalogue) || "over" in (content as object))
        ) {
            return false;
        }
        return childrenOf(content).every((child) => this.isOf({ expression: child, isExact: true }, keys));
    }

    private hasAggregate(value: unknown): boolean {
        let isFound = false;
        visit(value, ({ FuncCall }) => {
            isFound ||= FuncCall !== undefined && isAggregate(FuncCall as Expression, this.catalogue);
        });
        return isFound;
    }

    private withoutAggregates(expression: Expression): Expression {
        return rewrite(expression, ({ FuncCall }) => {
            const call = FuncCall as { readonly args?: readonly Expression[] } | undefined;
            return call !== undefined && isAggregate(FuncCall as Expression, this.catalogue)
                ? (call.args?.[0] ?? { A_Const: { isnull: true } })
                : null;
        });
    }

    get ruleSwitches(): Rules {
        return this.rules;
    }
}

const equalNotSame = "values that are equal there need not be the same";
