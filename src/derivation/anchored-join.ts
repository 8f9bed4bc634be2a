import { hangingIn, allWhole, asFrom, isOnly, unique, choicesOf, splitSides, pruneFrom } from "./from-items.js";
import type { OwnTable, Hanging, Partner, OuterRows, BlockDeriver } from "./join-plan.js";
import { equalityOrNull, type JoinItem, type JoinSpace, type Want } from "./join-space.js";
import { columnUses, hasSubquery, type Expression, type From, type Query } from "./query.js";
import { addOutcomes, distinctColumns, fillIn, mapTraces, type Outcome, type Outcomes } from "./trace.js";

/** How an item is linked to the items that rank before it. */
interface Rank {
    readonly place: number;
    readonly parents: ReadonlySet<number>;
    readonly outcomes: Outcomes;
}

/** A join with one item as its anchor: every other item is ranked by the conditions that link it to ranked items. */
export class AnchoredJoin {
    /** By item, in rank order. */
    private readonly ranks = new Map<number, Rank>();

    constructor(
        private readonly deriver: BlockDeriver,
        private readonly space: JoinSpace,
        private readonly anchor: number,
        private readonly wants: readonly Want[],
        private readonly semis: unknown,
        private readonly own: OwnTable | null,
    ) {}

    outcomes(): Outcomes {
        const outcomes: Outcomes = new Map();
        const { items } = this.space;
        this.ranks.set(this.anchor, {
            place: this.anchor,
            parents: new Set(),
            outcomes: this.direct(this.anchor) ?? new Map<number, Outcome>(),
        });
        for (;;) {
            const next = this.nextRank();
            if (next === null) {
                break;
            }
            this.ranks.set(next.place, next);
        }
        for (const [place, { from }] of items.entries()) {
            const rank = this.ranks.get(place);
            addOutcomes(outcomes, rank?.outcomes ?? allWhole(from, "no condition links it to the entity"));
        }
        addOutcomes(
            outcomes,
            allWhole(this.space.unusable, "no rule covers a join that names other items of its FROM clause"),
        );
        const outer = this.outerRows();
        for (const { item } of this.space.laterals) {
            if (item.kind === "query") {
                addOutcomes(outcomes, this.deriver.subquery({ query: item.query, test: null }, outer));
            }
        }
        for (const { link, isCondition } of hangingIn(this.semis)) {
            addOutcomes(outcomes, this.deriver.subquery(this.hanging(link, isCondition), outer));
        }
        return outcomes;
    }

    /** What changes of an item alone give; null when its columns do not determine the wanted values. */
    private direct(place: number): Outcomes | null {
        const item = this.space.items[place];
        const told = this.space.tell(this.wants, new Set([place]));
        if (told === null || item === undefined) {
            return null;
        }
        const own = this.space.items.length === 1 ? this.own : null;
        const filters = this.space.conditions.filter((condition) => isOnly(this.space.itemsIn(condition), place));
        const { from } = item;
        if (from.kind === "member" && from.member.item.kind === "relation" && item.made.length === 0) {
            return from.member.item.relation.upstream === null
                ? new Map<number, Outcome>()
                : new Map([[from.member.memberId, [this.deriver.changed(from.member, filters, told, [])]]]);
        }
        // Apply the item's own conditions only to a relation with made rows: there all their columns are available.
        const isRelation = from.kind === "member" && from.member.item.kind === "relation";
        const applied = isRelation ? filters : [];
        const columns = applied.length === 0 ? [] : distinctColumns(applied, () => true);
        const asked = [...told, ...columns.map((expression): Want => ({ expression, isExact: true }))];
        const outcomes = this.deriver.item(item, asked, own);
        return mapTraces(outcomes, (trace) => [
            {
                ...trace,
                conditions: [...trace.conditions, ...fillIn(applied, columns, trace.outputs.slice(told.length))],
                outputs: trace.outputs.slice(0, told.length),
            },
        ]);
    }

    private nextRank(): Rank | null {
        const { items, conditions } = this.space;
        const isRanked = (place: number): boolean => this.ranks.has(place);
        for (const onlyEqualities of [true, false]) {
            for (const [place, item] of items.entries()) {
                if (isRanked(place)) {
                    continue;
                }
                const links = conditions.filter((condition) => {
                    const places = this.space.itemsIn(condition) ?? new Set();
                    const others = [...places].filter((each) => each !== place);
                    return (
                        places.has(place) &&
                        others.length > 0 &&
                        (others.every(isRanked) || !this.deriver.ruleSwitches.oneAnchor) &&
                        (!onlyEqualities || equalityOrNull(condition) !== null)
                    );
                });
                const isReached = links.some((condition) =>
                    [...(this.space.itemsIn(condition) ?? [])].every((each) => each === place || isRanked(each)),
                );
                if (links.length === 0 || !isReached) {
                    continue;
                }
                return this.rank(place, item, links);
            }
        }
        return null;
    }

    private rank(place: number, item: JoinItem, links: readonly Expression[]): Rank {
        const parents = new Set(
            links.flatMap((condition) => [...(this.space.itemsIn(condition) ?? [])]).filter((each) => each !== place),
        );
        const direct = this.direct(place);
        if (direct !== null) {
            return { place, parents, outcomes: direct };
        }
        const isOfItem = (member: number): boolean =>
            isOnly(this.space.itemsIn([{ Column: { member, name: "" } }]), place);
        const outcomes = this.deriver.join({
            changing: item,
            isOfChanging: isOfItem,
            linkChoices: choicesOf(links),
            partnersFor: (chosen) => {
                const first = new Set(
                    chosen
                        .flatMap((condition) => [...(this.space.itemsIn(condition) ?? [])])
                        .filter((each) => each !== place),
                );
                const path = this.pathFrom(first, place);
                const told = this.space.tell(this.wants, path);
                if (told === null) {
                    return null;
                }
                const { pieces, conditions } = this.partner(path, [
                    ...chosen,
                    ...told.map(({ expression }) => expression),
                ]);
                return {
                    partners: [{ items: pieces, conditions: [] }],
                    conditions: unique([...chosen, ...conditions]),
                    more: this.space.conditions,
                    wants: told,
                };
            },
        });
        return { place, parents, outcomes };
    }

    /** The items to join, starting from `start`, until they determine the wanted values; and the items that narrow the join. */
    private pathFrom(start: ReadonlySet<number>, place: number | null): ReadonlySet<number> {
        const path = new Set(start);
        const waiting = [...start];
        while (this.space.tell(this.wants, path) === null) {
            const next = waiting.shift();
            if (next === undefined) {
                break;
            }
            for (const parent of this.ranks.get(next)?.parents ?? []) {
                if (parent !== place && !path.has(parent)) {
                    path.add(parent);
                    waiting.push(parent);
                }
            }
        }
        if (place !== null) {
            this.narrow(path, place);
        }
        return path;
    }

    /** Adds ranked tables that share a condition with an item and can be found by an equality. */
    private narrow(path: Set<number>, place: number): void {
        for (const condition of this.space.conditions) {
            const places = this.space.itemsIn(condition) ?? new Set();
            if (!places.has(place) || equalityOrNull(condition) !== null) {
                continue;
            }
            const missing = [...places].filter((each) => each !== place && !path.has(each));
            const canJoin = missing.every((each) => {
                const item = this.space.items[each];
                return (
                    this.ranks.has(each) &&
                    item?.from.kind === "member" &&
                    item.from.member.item.kind === "relation" &&
                    this.space.conditions.some((link) => {
                        const linked = [...(this.space.itemsIn(link) ?? [])];
                        return (
                            equalityOrNull(link) !== null &&
                            linked.includes(each) &&
                            linked.some((other) => other !== each) &&
                            linked.every((other) => other === each || path.has(other))
                        );
                    })
                );
            });
            if (canJoin) {
                for (const each of missing) {
                    path.add(each);
                }
            }
        }
    }

    /** The current rows of items, in rank order, with the conditions between them. */
    private partner(path: ReadonlySet<number>, speaking: readonly Expression[]): Omit<Partner, "wants"> {
        const among = this.space.conditions.filter((condition) =>
            [...(this.space.itemsIn(condition) ?? [])].every((each) => path.has(each)),
        );
        const used = new Set(columnUses([...speaking, ...among]).map(({ member }) => member));
        const places = [...this.ranks.keys(), ...path].filter(
            (place, index, all) => path.has(place) && all.indexOf(place) === index,
        );
        const pieces: From[] = [];
        const conditions: Expression[] = [...among];
        for (const place of places) {
            const item = this.space.items[place];
            if (item === undefined) {
                continue;
            }
            const made = item.made.filter(({ memberId }) => used.has(memberId));
            const needed = new Set([...used, ...columnUses(made).map(({ member }) => member)]);
            for (const side of splitSides(pruneFrom(item.from, needed), among)) {
                pieces.push(...side.items);
                conditions.push(...side.conditions.filter((condition) => !hasSubquery(condition)));
            }
            pieces.push(...made.map(asFrom));
        }
        return { pieces, conditions };
    }

    private outerRows(): OuterRows {
        return {
            knows: (members) =>
                this.space.itemsIn(members.map((member) => ({ Column: { member, name: "" } }))) !== null,
            partnersFor: (links, inner) => {
                const start = this.space.itemsIn(
                    columnUses(links)
                        .filter(({ member }) => !inner.has(member))
                        .map((use) => ({ Column: use })),
                );
                if (start === null) {
                    return null;
                }
                const path = this.pathFrom(start, null);
                const told = this.space.tell(this.wants, path);
                if (told === null) {
                    return null;
                }
                return { ...this.partner(path, [...links, ...told.map(({ expression }) => expression)]), wants: told };
            },
        };
    }

    private hanging(link: Expression, isCondition: boolean): Hanging {
        const { subLinkType, testexpr, operName, query } = link as {
            readonly subLinkType: string;
            readonly testexpr?: Expression;
            readonly operName?: readonly Expression[];
            readonly query: Query;
        };
        if (testexpr === undefined) {
            return { query, test: null };
        }
        const compared = (testexpr.RowExpr as { readonly args: readonly Expression[] } | undefined)?.args ?? [testexpr];
        const name = operName ?? [{ String: { sval: "=" } }];
        const test = (outputs: readonly Expression[]): readonly Expression[] =>
            outputs.length !== compared.length ||
            hasSubquery(testexpr) ||
            (compared.length > 1 && operName !== undefined)
                ? []
                : outputs.map((output, place) => {
                      const comparison = { A_Expr: { kind: "AEXPR_OP", name, lexpr: compared[place], rexpr: output } };
                      const isPlain = isCondition || !this.deriver.ruleSwitches.nullComparisonsCount;
                      return subLinkType === "ALL_SUBLINK"
                          ? { BooleanTest: { arg: comparison, booltesttype: "IS_NOT_TRUE" } }
                          : isPlain
                            ? comparison
                            : { BooleanTest: { arg: comparison, booltesttype: "IS_NOT_FALSE" } };
                  });
        return { query, test };
    }
}
