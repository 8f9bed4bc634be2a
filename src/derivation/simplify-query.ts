import type { Catalogue } from "./catalogue.js";
import {
    columnOrNull,
    columnUses,
    freeMembers,
    hasSubquery,
    isSameExpression,
    membersIn,
    namesOf,
    replaceColumns,
    rewrite,
    visit,
    type Block,
    type Expression,
    type From,
    type Member,
    type Query,
} from "./query.js";
import { conjuncts } from "./read-query.js";
import type { Rules } from "./rules.js";

/**
 * A simpler query with the same rows. Outputs that nothing reads are left out; subqueries that only join and filter are merged into
 * the query that reads them; outer joins become inner joins if a condition refuses their nulls; conditions move to their columns.
 */
export function simplifyQuery(query: Query, catalogue: Catalogue, rules: Rules): Query {
    const simplifier = new Simplifier(catalogue, rules);
    return separateConditions(simplifier.query(simplifier.prune(query, null)));
}

/** Makes each condition a separate object, so that its column uses are not confused with those of an equal expression elsewhere. */
function separateConditions<T>(value: T): T {
    return rewrite(value, (node) => {
        if (!Array.isArray(node.conditions)) {
            return null;
        }
        const { conditions, ...rest } = node;
        return {
            ...separateConditions(rest),
            conditions: (conditions as readonly Expression[]).map((condition) => ({
                ...separateConditions(condition),
            })),
        };
    });
}

class Simplifier {
    constructor(
        private readonly catalogue: Catalogue,
        private readonly rules: Rules,
    ) {}

    /** @param live the columns that are read; null for all */
    prune(query: Query, live: ReadonlySet<string> | null): Query {
        switch (query.kind) {
            case "values":
                return query;
            case "set": {
                const names = namesOf(query);
                // Keep at least one column: not every SELECT can do without.
                const isKept = names.map(
                    (name, place) => live === null || live.has(name) || (place === 0 && live.size === 0),
                );
                const keep = (branch: Query): ReadonlySet<string> =>
                    new Set(namesOf(branch).filter((_, place) => isKept[place]));
                const isWhole = !this.isPrunable(query);
                const left = this.prune(query.left, isWhole ? null : keep(query.left));
                const right = this.prune(query.right, isWhole ? null : keep(query.right));
                return {
                    ...query,
                    left,
                    right,
                    types: isWhole ? query.types : query.types.filter((_, place) => isKept[place]),
                };
            }
            case "block":
                return this.pruneBlock(query, live);
        }
    }

    /** Whether a query keeps the same rows when it loses columns. */
    private isPrunable(query: Query): boolean {
        switch (query.kind) {
            case "values":
                return false;
            case "block":
                return (
                    query.distinct !== "all" &&
                    !query.outputs.some(({ expression }) => returnsSet(expression, this.catalogue))
                );
            case "set":
                return (
                    query.operator === "union" &&
                    query.isAll &&
                    query.limit === null &&
                    this.isPrunable(query.left) &&
                    this.isPrunable(query.right)
                );
        }
    }

    private pruneBlock(block: Block, live: ReadonlySet<string> | null): Block {
        const outputs =
            block.distinct === "all" || live === null
                ? block.outputs
                : block.outputs.filter(
                      ({ name, expression }) => live.has(name) || returnsSet(expression, this.catalogue),
                  );
        const needsOne = Array.isArray(block.distinct) && outputs.length === 0;
        const kept = { ...block, outputs: needsOne ? block.outputs.slice(0, 1) : outputs };
        const used = new Map<number, Set<string>>();
        for (const { member, name } of columnUses(kept)) {
            used.set(member, (used.get(member) ?? new Set()).add(name));
        }
        return rewrite(kept, (node) => {
            if (node.SubLink !== undefined) {
                const link = node.SubLink as { readonly subLinkType: string; readonly query: Query };
                const nothing = link.subLinkType === "EXISTS_SUBLINK" ? new Set<string>() : null;
                // The other parts of a SubLink contain no members, so only its query is pruned.
                return { SubLink: { ...link, query: this.prune(link.query, nothing) } };
            }
            const { item, memberId } = node as unknown as Member;
            if (typeof memberId === "number" && item.kind === "query") {
                return {
                    ...node,
                    item: { kind: "query", query: this.prune(item.query, used.get(memberId) ?? new Set()) },
                };
            }
            return null;
        });
    }

    query(query: Query): Query {
        switch (query.kind) {
            case "values":
                return query;
            case "set":
                return { ...query, left: this.query(query.left), right: this.query(query.right) };
            case "block":
                return this.block(query);
        }
    }

    private block(block: Block): Block {
        const inner = rewrite(block, (node) => {
            if (node.kind === "block" && node !== (block as unknown)) {
                return this.query(node as unknown as Query);
            }
            return node.kind === "set" ? this.query(node as unknown as Query) : null;
        });
        let current = this.pullUp(inner);
        for (;;) {
            const reduced = this.reduce(current);
            if (reduced === current) {
                break;
            }
            current = reduced;
        }
        return this.collapse({ ...current, from: pushDown(current.from) });
    }

    /** Replaces a block that only picks columns of another block by that block. */
    private collapse(block: Block): Block {
        const [from] = block.from.items;
        const inner = from?.kind === "member" && from.member.item.kind === "query" ? from.member.item.query : null;
        if (
            inner?.kind !== "block" ||
            inner.distinct === "all" ||
            block.from.items.length > 1 ||
            block.from.conditions.length > 0 ||
            block.grouping !== null ||
            block.distinct !== null ||
            block.limit !== null ||
            freeMembers(inner).size > 0 ||
            inner.outputs.some(({ expression }) => returnsSet(expression, this.catalogue))
        ) {
            return block;
        }
        const outputs = block.outputs.map((output) => {
            const use = columnOrNull(output.expression);
            const found = inner.outputs.find(({ name }) => name === use?.name);
            return found === undefined ? null : { ...found, name: output.name, type: output.type ?? found.type };
        });
        return outputs.includes(null) ? block : { ...inner, outputs: outputs as Block["outputs"] };
    }

    /** Merges subqueries that only join and filter into the block. */
    private pullUp(block: Block): Block {
        const replaced = new Map<string, Expression>();
        const used = columnUses(block);
        const take = (from: From, isFilled: boolean): From => {
            switch (from.kind) {
                case "inner":
                    return flatten(
                        from.items.map((item) => take(item, isFilled)),
                        from.conditions,
                    );
                case "left":
                    return makeLeft(take(from.left, isFilled), take(from.right, true), from.conditions);
                case "full":
                    return { ...from, left: take(from.left, true), right: take(from.right, true) };
                case "member": {
                    const { item, memberId } = from.member;
                    if (item.kind !== "query" || item.query.kind !== "block" || !this.isPlain(item.query)) {
                        return from;
                    }
                    const { outputs } = item.query;
                    const needed = outputs.filter(({ name }) =>
                        used.some((use) => use.member === memberId && use.name === name),
                    );
                    const isMovable = (expression: Expression): boolean =>
                        !isFilled || columnOrNull(expression) !== null || !this.rules.expressionsStayOnTheirSide;
                    if (
                        needed.some(({ expression }) => hasSubquery(expression) || !isMovable(expression)) ||
                        // If a side had no members, nothing would show that its row is missing.
                        (isFilled && item.query.from.items.length === 0)
                    ) {
                        return from;
                    }
                    for (const { name, expression } of outputs) {
                        replaced.set(`${memberId}.${name}`, expression);
                    }
                    return item.query.from;
                }
            }
        };
        const pulled = { ...block, from: flatten([take(block.from, false)], []) };
        return replaced.size === 0 ? pulled : this.finishPullUp(pulled, replaced);
    }

    private finishPullUp(block: Block, replaced: ReadonlyMap<string, Expression>): Block {
        const made = replaceColumns(block, ({ member, name }) => replaced.get(`${member}.${name}`) ?? null);
        return { ...made, from: flatten(made.from.items, made.from.conditions.flatMap(conjuncts)) };
    }

    private isPlain(block: Block): boolean {
        return (
            block.grouping === null &&
            block.distinct === null &&
            block.limit === null &&
            block.outputs.every(
                ({ expression }) => !returnsSet(expression, this.catalogue) && windowsIn(expression).length === 0,
            )
        );
    }

    /** Turns an outer join into an inner one if a condition refuses its nulls. */
    private reduce(block: Block): Block {
        const reduced: From[] = [];
        const take = (from: From, above: readonly Expression[]): From => {
            switch (from.kind) {
                case "member":
                    return from;
                case "inner": {
                    const conditions = [...above, ...from.conditions];
                    return { ...from, items: from.items.map((item) => take(item, conditions)) };
                }
                case "left": {
                    const filled = new Set(membersIn(from.right).map(({ memberId }) => memberId));
                    const refuses = this.rules.onlyStrictConditionsReduce
                        ? above.some((condition) => refusesNulls(condition, filled))
                        : above.some((condition) => columnUses(condition).some(({ member }) => filled.has(member)));
                    if (refuses) {
                        reduced.push(from);
                        return { kind: "inner", items: [from.left, from.right], conditions: from.conditions };
                    }
                    return { ...from, left: take(from.left, above) };
                }
                case "full":
                    return from;
            }
        };
        const from = take(block.from, []) as Block["from"];
        return reduced.length > 0 ? { ...block, from: flatten(from.items, from.conditions) } : block;
    }
}

/** Merges nested inner joins into one. */
function flatten(items: readonly From[], conditions: readonly Expression[]): Block["from"] {
    const flat: From[] = [];
    const all = [...conditions];
    for (const item of items) {
        const made = item.kind === "inner" ? flatten(item.items, item.conditions) : flattenSides(item);
        if (made.kind === "inner") {
            flat.push(...made.items);
            all.push(...made.conditions);
        } else {
            flat.push(made);
        }
    }
    return { kind: "inner", items: flat, conditions: all };
}

function flattenSides(from: From): From {
    if (from.kind === "member" || from.kind === "inner") {
        return from;
    }
    const side = (one: From): From => {
        if (one.kind !== "inner") {
            return flattenSides(one);
        }
        const flat = flatten(one.items, one.conditions);
        const [only] = flat.items;
        return only !== undefined && flat.items.length === 1 && flat.conditions.length === 0 ? only : flat;
    };
    return from.kind === "left"
        ? makeLeft(side(from.left), side(from.right), from.conditions)
        : { ...from, left: side(from.left), right: side(from.right) };
}

/** Moves conditions inside the side that is filled with nulls to ON, which means the same. */
function makeLeft(left: From, right: From, conditions: readonly Expression[]): From {
    const [only] = right.kind === "inner" ? right.items : [];
    return right.kind === "inner" && only !== undefined
        ? {
              kind: "left",
              left,
              right: right.items.length === 1 ? only : { ...right, conditions: [] },
              conditions: [...conditions, ...right.conditions],
          }
        : { kind: "left", left, right, conditions };
}

/** Moves conditions that name only the kept side of an outer join into that side. */
function pushDown(from: Extract<From, { kind: "inner" }>): Extract<From, { kind: "inner" }> {
    let conditions = from.conditions;
    const items = from.items.map((item) => {
        if (item.kind !== "left") {
            return item;
        }
        const kept = new Set(membersIn(item.left).map(({ memberId }) => memberId));
        const isOfKept = (condition: Expression): boolean => {
            const used = [...freeMembers(condition)];
            return used.length > 0 && used.every((member) => kept.has(member));
        };
        const moved = conditions.filter(isOfKept);
        conditions = conditions.filter((condition) => !moved.includes(condition));
        const left =
            item.left.kind === "inner" ? item.left : ({ kind: "inner", items: [item.left], conditions: [] } as const);
        return { ...item, left: pushDown(flatten(left.items, [...left.conditions, ...moved])) };
    });
    return { ...from, items, conditions };
}

const comparisons = new Set(["=", "<>", "<", "<=", ">", ">="]);

/** Whether a condition cannot be true when all columns of some members are null. */
export function refusesNulls(condition: Expression, members: ReadonlySet<number>): boolean {
    const isFilled = (node: unknown): boolean => {
        const use = columnOrNull(node as Expression | undefined);
        return use !== null && members.has(use.member);
    };
    if (isFilled(condition)) {
        return true;
    }
    const operation = condition.A_Expr as Expression | undefined;
    if (operation !== undefined) {
        const name = operation.name as readonly Expression[];
        const symbol = (name[0]?.String as { readonly sval: string } | undefined)?.sval ?? "";
        const isStrict = name.length === 1 && comparisons.has(symbol);
        switch (operation.kind) {
            case "AEXPR_OP":
                return isStrict && (isFilled(operation.lexpr) || isFilled(operation.rexpr));
            case "AEXPR_OP_ANY":
                return isStrict && isFilled(operation.lexpr);
            default:
                return false;
        }
    }
    const nullTest = condition.NullTest as Expression | undefined;
    if (nullTest !== undefined) {
        return nullTest.nulltesttype === "IS_NOT_NULL" && isFilled(nullTest.arg);
    }
    const { boolop, args = [] } = (condition.BoolExpr ?? {}) as {
        readonly boolop?: string;
        readonly args?: readonly Expression[];
    };
    return boolop === "OR_EXPR" && args.every((arg) => refusesNulls(arg, members));
}

/** Whether a set-returning function is called anywhere in a value. */
export function returnsSet(value: unknown, { functions }: Catalogue): boolean {
    let isFound = false;
    visit(value, ({ FuncCall }) => {
        if (FuncCall !== undefined) {
            const { funcname } = FuncCall as { readonly funcname: readonly Expression[] };
            const name = (funcname.at(-1)?.String as { readonly sval: string }).sval;
            isFound ||= (functions.get(name) ?? []).some((each) => each.returnsSet);
        }
    });
    return isFound;
}

/** The PARTITION BY of each window in a value, without those in subqueries. */
export function windowsIn(value: unknown): readonly (readonly Expression[])[] {
    const found: (readonly Expression[])[] = [];
    visit(
        value,
        ({ over }) => {
            if (over !== undefined) {
                const { partitionClause = [] } = over as { readonly partitionClause?: readonly Expression[] };
                if (!found.some((known) => isSameExpression(known, partitionClause))) {
                    found.push(partitionClause);
                }
            }
        },
        (part) => "SubLink" in part,
    );
    return found;
}
