import { parseStatements } from "../database/read-only/parser.js";
import { relationKey, type Catalogue } from "./catalogue.js";
import { printExpression } from "./print-expression.js";
import {
    column,
    columnsOf,
    freeMembers,
    hasSubquery,
    isSameExpression,
    membersIn,
    namesOf,
    NotUnderstood,
    occurrencesIn,
    rewrite,
    visit,
    type Block,
    type ColumnType,
    type Expression,
    type From,
    type Member,
    type Output,
    type Query,
    type Relation,
} from "./query.js";

type Node = Readonly<Record<string, unknown>>;
type Nodes = readonly Node[];

/** The next free member number. */
export interface Numbers {
    next: number;
}

/** The SELECTs of views, and expressions behind a `select`, by their text: several models read the same views and say the same. */
export type ParsedViews = Map<string, Node>;

/**
 * The SELECT of a view with all names resolved, and with the SELECTs of the views that it reads in place of their names.
 *
 * @param parsed a cache that this adds to
 * @throws NotUnderstood
 */
export function readView(
    view: Relation,
    catalogue: Catalogue,
    numbers: Numbers,
    parsed: ParsedViews = new Map(),
): Query {
    return new Reader(catalogue, numbers, parsed).view(view, 0);
}

/** What a name can mean at some place of a SELECT, from the inside out. */
interface Scope {
    readonly members: Member[];
    /** Columns that USING has merged. */
    readonly merged: Map<string, Expression>;
    readonly outer: Scope | null;
}

/** CTEs by name, the nearest first. */
interface Ctes {
    readonly name: string;
    readonly query: Node;
    readonly columns: readonly string[];
    /** The CTEs that this one may name. */
    readonly before: Ctes | null;
}

const deepestView = 100;
const mostMembers = 5000;

class Reader {
    constructor(
        private readonly catalogue: Catalogue,
        private readonly numbers: Numbers,
        private readonly parsed: ParsedViews,
    ) {}

    view(view: Relation, depth: number): Query {
        if (depth > deepestView) {
            throw new NotUnderstood("the views are nested too deeply");
        }
        const text = view.definition ?? "";
        let select = this.parsed.get(text);
        if (select === undefined) {
            select = parseSelect(text);
            checkPrinting(select, this.parsed);
            this.parsed.set(text, select);
        }
        const query = this.select(select, null, null, depth);
        return withTypes(
            renameColumns(
                query,
                view.columns.map((each) => each.column),
            ),
            view.columns,
        );
    }

    private select(select: Node, outer: Scope | null, outerCtes: Ctes | null, depth: number): Query {
        for (const part of ["lockingClause", "intoClause"]) {
            if (select[part] !== undefined) {
                throw new NotUnderstood("a SELECT that locks or writes is not known to the rules");
            }
        }
        const ctes = readCtes(select, outerCtes);
        if (select.valuesLists !== undefined) {
            if (select.sortClause !== undefined || hasLimit(select)) {
                throw new NotUnderstood("VALUES with ORDER BY or LIMIT is not known to the rules");
            }
            const scope: Scope = { members: [], merged: new Map(), outer };
            const rows = (select.valuesLists as Nodes).map(({ List }) =>
                ((List as { readonly items?: Nodes }).items ?? []).map((item) =>
                    this.expression(item, scope, ctes, depth),
                ),
            );
            return { kind: "values", names: (rows[0] ?? []).map((_, place) => `column${place + 1}`), rows };
        }
        if (select.op !== undefined && select.op !== "SETOP_NONE") {
            const left = this.select(select.larg as Node, outer, ctes, depth);
            const right = this.select(select.rarg as Node, outer, ctes, depth);
            const scope: Scope = { members: [], merged: new Map(), outer };
            const operator =
                select.op === "SETOP_UNION" ? "union" : select.op === "SETOP_INTERSECT" ? "intersect" : "except";
            const limit = this.limit(select, scope, ctes, depth);
            return {
                kind: "set",
                operator,
                isAll: select.all === true,
                left,
                right,
                types: [],
                order: limit === null ? [] : ((select.sortClause ?? []) as Nodes),
                limit,
            };
        }
        return this.block(select, outer, ctes, depth);
    }

    private block(select: Node, outer: Scope | null, ctes: Ctes | null, depth: number): Block {
        const scope: Scope = { members: [], merged: new Map(), outer };
        const items = ((select.fromClause ?? []) as Nodes).map((item) => this.from(item, scope, ctes, depth));
        const windows = new Map(
            ((select.windowClause ?? []) as Nodes).map(({ WindowDef }) => [
                String((WindowDef as Node).name),
                WindowDef as Node,
            ]),
        );
        const read = (node: Node): Expression => this.expression(nameWindows(node, windows), scope, ctes, depth);
        const outputs = ((select.targetList ?? []) as Nodes).map(({ ResTarget }, place): Output => {
            const { name, val } = ResTarget as { readonly name?: string; readonly val: Node };
            const expression = read(val);
            return { name: name ?? nameOf(val) ?? `?column${place}?`, expression, type: null };
        });
        /** An unqualified name can be an output's name: `order by` looks there first, `group by` last. */
        const readSorted = (node: Node, outputsFirst: boolean): Expression => {
            const place = integerOrNull(node);
            const output = place === null ? outputOrNull(node, outputs) : (outputs[place - 1]?.expression ?? null);
            const isInput = outputsFirst ? false : place === null && isNameOfScope(node, scope);
            return output !== null && !isInput ? output : read(node);
        };
        const limit = this.limit(select, scope, ctes, depth);
        const distinctClause = select.distinctClause as Nodes | undefined;
        const distinct =
            distinctClause === undefined
                ? null
                : Object.keys(distinctClause[0] ?? {}).length === 0
                  ? "all"
                  : distinctClause.map((node) => readSorted(node, true));
        const having = select.havingClause === undefined ? null : read(select.havingClause as Node);
        const keys = ((select.groupClause ?? []) as Nodes).map((node) => readSorted(node, false));
        const isGrouped =
            keys.length > 0 || having !== null || outputs.some(({ expression }) => this.hasAggregate(expression));
        if (select.groupDistinct === true) {
            throw new NotUnderstood("GROUP BY DISTINCT is not known to the rules");
        }
        const order =
            limit === null && !Array.isArray(distinct)
                ? []
                : ((select.sortClause ?? []) as Nodes).map((node) => {
                      const { node: sorted, ...rest } = node.SortBy as Node;
                      return { SortBy: { ...rest, node: readSorted(sorted as Node, true) } };
                  });
        const where = select.whereClause === undefined ? [] : conjuncts(read(select.whereClause as Node));
        return {
            kind: "block",
            from: { kind: "inner", items, conditions: where },
            outputs,
            grouping: isGrouped
                ? { keys, having, isByOneSet: keys.every((key) => key.GroupingSet === undefined) }
                : null,
            distinct,
            order,
            limit,
        };
    }

    /** Whether an expression contains an aggregate of this SELECT; those of subqueries do not count. */
    private hasAggregate(expression: unknown): boolean {
        let isFound = false;
        visit(
            expression,
            (node) => {
                isFound ||= node.FuncCall !== undefined && isAggregate(node.FuncCall as Node, this.catalogue);
            },
            (value) => "SubLink" in value && (value as Node).SubLink !== undefined,
        );
        visit(expression, ({ SubLink }) => {
            if (SubLink !== undefined) {
                this.refuseOuterAggregates((SubLink as { readonly query: Query }).query);
            }
        });
        return isFound;
    }

    /** Refuses an aggregate in a subquery that belongs to the SELECT around it: `(select … where s.x = max(t.x))`. */
    private refuseOuterAggregates(query: Query): void {
        const own = new Set(membersIn(query).map(({ memberId }) => memberId));
        visit(query, ({ FuncCall }) => {
            if (FuncCall !== undefined && isAggregate(FuncCall as Node, this.catalogue)) {
                const used = [...freeMembers(FuncCall)];
                if (used.length > 0 && used.every((member) => !own.has(member))) {
                    throw new NotUnderstood("an aggregate inside a subquery belongs to the SELECT around it");
                }
            }
        });
    }

    private limit(select: Node, scope: Scope, ctes: Ctes | null, depth: number): Block["limit"] {
        if (!hasLimit(select)) {
            return null;
        }
        const read = (node: unknown): Expression | null =>
            node === undefined ? null : this.expression(node as Node, scope, ctes, depth);
        return {
            count: read(select.limitCount),
            offset: read(select.limitOffset),
            withTies: select.limitOption === "LIMIT_OPTION_WITH_TIES",
        };
    }

    private from(node: Node, scope: Scope, ctes: Ctes | null, depth: number): From {
        const [kind = "", content] = Object.entries(node)[0] ?? [];
        const item = content as Node;
        switch (kind) {
            case "RangeVar":
                return this.enter(this.relation(item, ctes, depth), aliasOf(item) ?? String(item.relname), item, scope);
            case "RangeSubselect": {
                const select = (item.subquery as { readonly SelectStmt: Node }).SelectStmt;
                // A subquery that is not LATERAL does not see the other items of the FROM clause.
                const seen = item.lateral === true ? copyScope(scope) : scope.outer;
                const query = this.select(select, seen, ctes, depth);
                const isMade = occurrencesIn(query).length === 0 && freeMembers(query).size > 0;
                return this.enter(
                    isMade
                        ? { kind: "made", columns: namesOf(query), content: { kind: "query", query } }
                        : { kind: "query", query },
                    aliasOf(item) ?? "unnamed",
                    item,
                    scope,
                );
            }
            case "RangeFunction":
                return this.function(item, scope, ctes, depth);
            case "JoinExpr":
                return this.join(item, scope, ctes, depth);
            default:
                throw new NotUnderstood(`${kind} in a FROM clause is not known to the rules`);
        }
    }

    private relation(node: Node, ctes: Ctes | null, depth: number): Member["item"] {
        const { schemaname, relname, inh } = node as {
            readonly schemaname?: string;
            readonly relname: string;
            readonly inh?: boolean;
        };
        if (schemaname === undefined) {
            for (let cte = ctes; cte !== null; cte = cte.before) {
                if (cte.name === relname) {
                    const query = this.select(cte.query, null, cte.before, depth);
                    return { kind: "query", query: renameColumns(query, cte.columns) };
                }
            }
            throw new NotUnderstood(`it reads ${relname}, of which nothing is known`);
        }
        const relation = this.catalogue.relations.get(relationKey(schemaname, relname));
        if (relation === undefined || inh !== true) {
            throw new NotUnderstood(`${schemaname}.${relname} is read in a way that is not known to the rules`);
        }
        return relation.definition === null
            ? { kind: "relation", relation }
            : { kind: "query", query: this.view(relation, depth + 1) };
    }

    private function(node: Node, scope: Scope, ctes: Ctes | null, depth: number): From {
        const { alias, functions, coldeflist } = node as {
            readonly alias?: { readonly aliasname: string; readonly colnames?: Nodes };
            readonly functions: Nodes;
            readonly coldeflist?: unknown;
        };
        if (alias?.colnames === undefined || coldeflist !== undefined) {
            throw new NotUnderstood(
                "a function in a FROM clause whose columns have no names is not known to the rules",
            );
        }
        const seen = copyScope(scope);
        const read = functions.map(({ List }) => {
            const [call = {}, definitions = {}] = (List as { readonly items: Nodes }).items;
            if (Object.keys(definitions).length > 0) {
                throw new NotUnderstood("a function in a FROM clause with types is not known to the rules");
            }
            return this.expression(call, seen, ctes, depth);
        });
        if (hasSubquery(read)) {
            throw new NotUnderstood("a function of a subquery in a FROM clause is not known to the rules");
        }
        const columns = alias.colnames.map((name) => (name.String as { readonly sval: string }).sval);
        const content = { kind: "function", node: { ordinality: node.ordinality === true, functions: read } } as const;
        return this.enter({ kind: "made", columns, content }, alias.aliasname, {}, scope);
    }

    private join(node: Node, scope: Scope, ctes: Ctes | null, depth: number): From {
        if (node.isNatural === true || node.alias !== undefined || node.join_using_alias !== undefined) {
            throw new NotUnderstood("a join with a name of its own is not known to the rules");
        }
        const firstLeft = scope.members.length;
        const left = this.from(node.larg as Node, scope, ctes, depth);
        const firstRight = scope.members.length;
        const right = this.from(node.rarg as Node, scope, ctes, depth);
        const conditions =
            node.usingClause === undefined
                ? node.quals === undefined
                    ? []
                    : conjuncts(this.expression(node.quals as Node, scope, ctes, depth))
                : (node.usingClause as Nodes).map((name) => {
                      const shared = (name.String as { readonly sval: string }).sval;
                      const one = this.own(shared, scope, scope.members.slice(firstLeft, firstRight));
                      const other = this.own(shared, scope, scope.members.slice(firstRight));
                      const kept = node.jointype === "JOIN_RIGHT" ? other : one;
                      scope.merged.set(
                          shared,
                          node.jointype === "JOIN_FULL" ? { CoalesceExpr: { args: [one, other] } } : kept,
                      );
                      return {
                          A_Expr: { kind: "AEXPR_OP", name: [{ String: { sval: "=" } }], lexpr: one, rexpr: other },
                      };
                  });
        switch (node.jointype ?? "JOIN_INNER") {
            case "JOIN_INNER":
                return { kind: "inner", items: [left, right], conditions };
            case "JOIN_LEFT":
                return { kind: "left", left, right, conditions };
            case "JOIN_RIGHT":
                return { kind: "left", left: right, right: left, conditions };
            case "JOIN_FULL":
                return { kind: "full", left, right, conditions };
            default:
                throw new NotUnderstood(`${String(node.jointype)} is not known to the rules`);
        }
    }

    /** The column with that name on one side of a join. */
    private own(name: string, scope: Scope, members: readonly Member[]): Expression {
        const found = members.filter((member) => columnsOf(member).includes(name));
        const merged = scope.merged.get(name);
        if (merged !== undefined && found.length > 1) {
            return merged;
        }
        const [only] = found;
        if (only === undefined || found.length > 1) {
            throw new NotUnderstood(`the column ${name} of USING is not known`);
        }
        return column(only.memberId, name);
    }

    private enter(item: Member["item"], alias: string, node: Node, scope: Scope): From {
        const renamed = (node.alias as { readonly colnames?: Nodes } | undefined)?.colnames;
        const names = (renamed ?? []).map((name) => (name.String as { readonly sval: string }).sval);
        const memberId = this.numbers.next++;
        if (memberId > mostMembers) {
            throw new NotUnderstood(
                `it reads more than ${mostMembers.toLocaleString("en")} relations, views counted each time`,
            );
        }
        const member: Member = { memberId, alias, item: names.length === 0 ? item : renameItem(item, names) };
        scope.members.push(member);
        return { kind: "member", member };
    }

    /** The expression with all names resolved. */
    private expression(node: Node, scope: Scope, ctes: Ctes | null, depth: number): Expression {
        return rewrite(node, (part) => {
            if (part.ColumnRef !== undefined) {
                return resolve(part.ColumnRef as Node, scope);
            }
            if (part.SubLink !== undefined) {
                const { subselect, testexpr, ...rest } = part.SubLink as Node;
                const select = (subselect as { readonly SelectStmt: Node }).SelectStmt;
                const query = this.select(select, scope, ctes, depth);
                const test =
                    testexpr === undefined ? {} : { testexpr: this.expression(testexpr as Node, scope, ctes, depth) };
                return { SubLink: { ...rest, ...test, query } };
            }
            if (part.SQLValueFunction !== undefined) {
                throw new NotUnderstood("it uses the current time or user");
            }
            return null;
        });
    }
}

function parseSelect(sql: string): Node {
    const [statement] = parseStatements(sql);
    const select = statement?.SelectStmt;
    if (select === undefined) {
        throw new NotUnderstood("its SELECT cannot be read");
    }
    return select as Node;
}

/** Prints all expressions of a SELECT, reads them again, and compares: what does not come back as it was must not be derived from. */
function checkPrinting(select: Node, parsed: ParsedViews): void {
    const expressions: Node[] = [];
    const hideSubqueries = (node: unknown): unknown =>
        rewrite(node, (part) => (part.SubLink === undefined ? null : { A_Const: { isnull: true } }));
    const take = (node: unknown): void => {
        if (node !== undefined) {
            expressions.push(hideSubqueries(node) as Node);
        }
    };
    visit(select, (node) => {
        if (node.targetList !== undefined) {
            for (const { ResTarget } of node.targetList as Nodes) {
                const value = (ResTarget as { readonly val: Node }).val;
                // Named windows are defined elsewhere, so they are left out here.
                take(nameWindows(value, new Map(), true));
            }
        }
        take(node.whereClause);
        take(node.havingClause);
        take(node.quals);
        take((node.SubLink as Node | undefined)?.testexpr);
    });
    const printed = expressions.map((expression) => ({
        expression,
        text: printExpression(expression, { column: () => "", query: () => "" }),
    }));
    // Most expressions are plain column names, which cannot change.
    const judged = printed.filter(({ expression }) => expression.ColumnRef === undefined);
    const textOf = (text: string): string => `select ${text}`;
    const unknown = [...new Set(judged.map(({ text }) => text))].filter((text) => !parsed.has(textOf(text)));
    if (unknown.length > 0) {
        const again = parseSelect(textOf(unknown.join(",\n"))).targetList as Nodes;
        if (again.length !== unknown.length) {
            throw new NotUnderstood(notWrittenDown);
        }
        for (const [place, { ResTarget }] of again.entries()) {
            const value = (ResTarget as { readonly val: Node }).val;
            parsed.set(textOf(unknown[place] ?? ""), withoutForms(value) as Node);
        }
    }
    if (judged.some(({ expression, text }) => !isSameExpression(withoutForms(expression), parsed.get(textOf(text))))) {
        throw new NotUnderstood(notWrittenDown);
    }
}

const notWrittenDown = "an expression could not be written down so that it means the same";

/** A call means the same in PostgreSQL's own syntax for it and as a plain call, a row with and without `row`, a type with and without pg_catalog. */
function withoutForms(value: unknown): unknown {
    return rewrite(value, (node) => {
        if (Array.isArray(node.names)) {
            const names = node.names as Nodes;
            const isBuiltIn =
                names.length > 1 && (names[0]?.String as { readonly sval?: string }).sval === "pg_catalog";
            return isBuiltIn ? withoutForms({ ...node, names: names.slice(1) }) : null;
        }
        if (node.funcformat === undefined && node.row_format === undefined) {
            return null;
        }
        return withoutForms(without(node, "funcformat", "row_format"));
    });
}

function readCtes(select: Node, outer: Ctes | null): Ctes | null {
    const { ctes = [], recursive } = (select.withClause ?? {}) as {
        readonly ctes?: Nodes;
        readonly recursive?: boolean;
    };
    if (recursive === true) {
        throw new NotUnderstood("a recursive CTE reaches rows that no rule can name");
    }
    let known = outer;
    for (const { CommonTableExpr } of ctes) {
        const {
            ctename,
            ctequery,
            aliascolnames = [],
        } = CommonTableExpr as {
            readonly ctename: string;
            readonly ctequery: { readonly SelectStmt?: Node };
            readonly aliascolnames?: Nodes;
        };
        if (ctequery.SelectStmt === undefined) {
            throw new NotUnderstood("a CTE that writes is not known to the rules");
        }
        known = {
            name: ctename,
            query: ctequery.SelectStmt,
            columns: aliascolnames.map((name) => (name.String as { readonly sval: string }).sval),
            before: known,
        };
    }
    return known;
}

function hasLimit(select: Node): boolean {
    return select.limitCount !== undefined || select.limitOffset !== undefined;
}

function copyScope({ members, merged, outer }: Scope): Scope {
    return { members: [...members], merged: new Map(merged), outer };
}

function resolve({ fields }: Node, scope: Scope): Expression {
    const names = (fields as Nodes).map((field) => (field.String as { readonly sval: string } | undefined)?.sval);
    const [first, second] = names;
    if (names.includes(undefined) || first === undefined || names.length > 2) {
        throw new NotUnderstood("a whole row is used as a value");
    }
    for (let place: Scope | null = scope; place !== null; place = place.outer) {
        if (second === undefined) {
            const merged = place.merged.get(first);
            if (merged !== undefined) {
                return merged;
            }
        }
        const found = place.members.filter(
            (member) => (second === undefined || member.alias === first) && columnsOf(member).includes(second ?? first),
        );
        const [only] = found;
        if (found.length > 1) {
            throw new NotUnderstood(`the name ${names.join(".")} has several meanings`);
        }
        if (only !== undefined) {
            return column(only.memberId, second ?? first);
        }
        if (second !== undefined && place.members.some((member) => member.alias === first)) {
            break;
        }
    }
    throw new NotUnderstood(`the column ${names.join(".")} is not known`);
}

function isNameOfScope(node: Node, scope: Scope): boolean {
    const fields = ((node.ColumnRef as Node | undefined)?.fields ?? []) as Nodes;
    const name = fields.length === 1 ? (fields[0]?.String as { readonly sval: string } | undefined)?.sval : undefined;
    return (
        name !== undefined &&
        (scope.merged.has(name) || scope.members.some((member) => columnsOf(member).includes(name)))
    );
}

function outputOrNull(node: Node, outputs: readonly Output[]): Expression | null {
    const fields = ((node.ColumnRef as Node | undefined)?.fields ?? []) as Nodes;
    const name = fields.length === 1 ? (fields[0]?.String as { readonly sval: string } | undefined)?.sval : undefined;
    const found = outputs.filter((output) => output.name === name);
    return name === undefined ? null : (found[0]?.expression ?? null);
}

function integerOrNull(node: Node): number | null {
    const { ival } = (node.A_Const ?? {}) as { readonly ival?: { readonly ival?: number } };
    return ival === undefined ? null : (ival.ival ?? 0);
}

/** The name that PostgreSQL gives a column without one; a view's columns have names of their own. */
function nameOf(node: Node): string | null {
    const fields = ((node.ColumnRef as Node | undefined)?.fields ?? []) as Nodes;
    return (fields.at(-1)?.String as { readonly sval: string } | undefined)?.sval ?? null;
}

/** Replaces `over w` by the definition in `window w as (…)`; with `isLeftOut`, drops named windows instead. */
function nameWindows(node: Node, windows: ReadonlyMap<string, Node>, isLeftOut = false): Node {
    return rewrite(node, (part) => {
        const over = part.over as Node | undefined;
        const name = over?.name ?? over?.refname;
        if (over === undefined || name === undefined) {
            return null;
        }
        const call = without(part, "over");
        if (isLeftOut) {
            return nameWindows(call, windows, true);
        }
        const named = typeof name === "string" ? windows.get(name) : undefined;
        if (named === undefined || over.refname !== undefined || named.refname !== undefined) {
            throw new NotUnderstood("a window that is made of another is not known to the rules");
        }
        return { ...nameWindows(call, windows), over: without(named, "name") };
    });
}

function without(node: Node, ...keys: readonly string[]): Node {
    return Object.fromEntries(Object.entries(node).filter(([key]) => !keys.includes(key)));
}

/** The operands of a condition's ANDs. */
export function conjuncts(condition: Expression): readonly Expression[] {
    const { boolop, args } = (condition.BoolExpr ?? {}) as { readonly boolop?: string; readonly args?: Nodes };
    return boolop === "AND_EXPR" ? (args ?? []).flatMap((arg) => conjuncts(arg)) : [condition];
}

export function isAggregate(call: Node, { functions }: Catalogue): boolean {
    if (call.over !== undefined) {
        return false;
    }
    const name = ((call.funcname as Nodes).at(-1)?.String as { readonly sval: string }).sval;
    return (
        call.agg_star === true ||
        call.agg_filter !== undefined ||
        call.agg_within_group === true ||
        (functions.get(name) ?? []).some(({ kind }) => kind === "aggregate")
    );
}

function renameColumns(query: Query, names: readonly string[]): Query {
    if (names.length === 0) {
        return query;
    }
    switch (query.kind) {
        case "block":
            return {
                ...query,
                outputs: query.outputs.map((output, place) => ({ ...output, name: names[place] ?? output.name })),
            };
        case "set":
            return { ...query, left: renameColumns(query.left, names), right: renameColumns(query.right, names) };
        case "values":
            return { ...query, names: query.names.map((name, place) => names[place] ?? name) };
    }
}

function renameItem(item: Member["item"], names: readonly string[]): Member["item"] {
    switch (item.kind) {
        case "query":
            return { kind: "query", query: renameColumns(item.query, names) };
        case "made":
            return {
                ...item,
                columns: item.columns.map((name, place) => names[place] ?? name),
            };
        case "relation": {
            if (names.every((name, place) => item.relation.columns[place]?.column === name)) {
                return item;
            }
            throw new NotUnderstood("a table whose columns are renamed in a FROM clause is not known to the rules");
        }
    }
}

function aliasOf(node: Node): string | null {
    return (node.alias as { readonly aliasname?: string } | undefined)?.aliasname ?? null;
}

function withTypes(query: Query, columns: Relation["columns"]): Query {
    const types = columns.map(({ name, isDeterministic }): ColumnType => ({ name, isDeterministic }));
    switch (query.kind) {
        case "block":
            return {
                ...query,
                outputs: query.outputs.map((output, place) => ({ ...output, type: types[place] ?? null })),
            };
        case "set":
            return { ...query, types };
        case "values":
            return query;
    }
}
