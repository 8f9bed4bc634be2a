import { loadParser, UnreadableSqlError } from "../database/read-only/parser.js";
import { formatIdentifier } from "../sql/identifiers.js";
import { relationKey, type Catalogue } from "./catalogue.js";
import { printExpression } from "./print-expression.js";
import {
    columnOrNull,
    columnUses,
    membersIn,
    namesOf,
    NotUnderstood,
    rewrite,
    visit,
    type ColumnUse,
    type Expression,
    type From,
    type Member,
    type Query,
    type Relation,
} from "./query.js";
import { readView } from "./read-query.js";
import { returnsSet } from "./simplify-query.js";

/** A column of a table, or of a view whose definition is not followed. */
export interface OriginColumn {
    readonly schema: string;
    readonly relation: string;
    readonly column: string;
}

/** What the columns of a SELECT come from: the complete list of columns that each depends on. */
export interface SelectLineage {
    /** By column name, in the order of the SELECT. */
    readonly columns: ReadonlyMap<string, ColumnLineage>;
    /** What decides which rows exist, and which rows make up a value: conditions, groups, limits, comparisons of whole rows. */
    readonly rows: readonly OriginColumn[];
}

export interface ColumnLineage {
    /**
     * The expressions that compute the column, one per branch of a set operation, shortened for people. A column that is passed on is
     * followed to where it is computed; empty if it comes unchanged from another relation, or if the SELECT could not be read.
     */
    readonly expressions: readonly string[];
    /** The columns whose values it is made of. */
    readonly values: readonly OriginColumn[];
}

/**
 * The lineage of each column of a view, up to the relations of the catalogue that have no definition. If the rules cannot read the
 * SELECT, each of its columns depends on every column of everything that it reads.
 */
export async function traceColumns(view: Relation, catalogue: Catalogue): Promise<SelectLineage> {
    await loadParser();
    try {
        return new ColumnTracer(readView(view, catalogue, { next: 1 }), catalogue).trace();
    } catch (error) {
        if (error instanceof NotUnderstood || error instanceof UnreadableSqlError || error instanceof RangeError) {
            return dependOnAll(view, catalogue);
        }
        throw error;
    }
}

/** Operators that join conditions use. */
const joiningOperators: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">="]);

/**
 * The columns that a view's SELECT compares with each other, anywhere in it, up to the relations of the catalogue that have no
 * definition; none if the rules cannot read the SELECT.
 */
export async function traceComparisons(
    view: Relation,
    catalogue: Catalogue,
): Promise<readonly (readonly [OriginColumn, OriginColumn])[]> {
    await loadParser();
    try {
        return new ColumnTracer(readView(view, catalogue, { next: 1 }), catalogue).comparisons();
    } catch (error) {
        if (error instanceof NotUnderstood || error instanceof UnreadableSqlError || error instanceof RangeError) {
            return [];
        }
        throw error;
    }
}

function dependOnAll(view: Relation, { relations }: Catalogue): SelectLineage {
    const all = [...relations.values()]
        .filter((relation) => relation !== view && relation.definition === null)
        .flatMap(({ schema, name, columns }) => columns.map(({ column }) => ({ schema, relation: name, column })));
    return {
        columns: new Map(view.columns.map(({ column }) => [column, { expressions: [], values: all }])),
        rows: all,
    };
}

/** A set of columns. */
class ColumnSet {
    private readonly found = new Map<string, OriginColumn>();

    add(column: OriginColumn): void {
        this.found.set(`${relationKey(column.schema, column.relation)}\n${column.column}`, column);
    }

    addAll(columns: Iterable<OriginColumn>): void {
        for (const column of columns) {
            this.add(column);
        }
    }

    get sorted(): readonly OriginColumn[] {
        return [...this.found.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, column]) => column);
    }
}

class ColumnTracer {
    private readonly members: ReadonlyMap<number, Member>;
    /** Results by member and column, so that a view that is read often is traced once. */
    private readonly traced = new Map<string, readonly OriginColumn[]>();

    constructor(
        private readonly query: Query,
        private readonly catalogue: Catalogue,
    ) {
        this.members = new Map(membersIn(query).map((member) => [member.memberId, member]));
    }

    trace(): SelectLineage {
        const rows = new ColumnSet();
        this.addRows(this.query, rows);
        const names = namesOf(this.query);
        return {
            columns: new Map(
                names.map((name, place): [string, ColumnLineage] => {
                    const values = new ColumnSet();
                    this.addColumn(this.query, place, values);
                    return [name, { expressions: this.expressionsOf(this.query, place), values: values.sorted }];
                }),
            ),
            rows: rows.sorted,
        };
    }

    comparisons(): readonly (readonly [OriginColumn, OriginColumn])[] {
        const pairs: (readonly [OriginColumn, OriginColumn])[] = [];
        visit(this.query, ({ A_Expr }) => {
            const { name, lexpr, rexpr } = (A_Expr ?? {}) as {
                readonly name?: readonly Expression[];
                readonly lexpr?: Expression;
                readonly rexpr?: Expression;
            };
            if (joiningOperators.has(lastName(name ?? []))) {
                const originsOf = (side: Expression | undefined): readonly OriginColumn[] =>
                    columnUses(side).flatMap((use) => this.originsOf(use));
                for (const left of originsOf(lexpr)) {
                    pairs.push(...originsOf(rexpr).map((right) => [left, right] as const));
                }
            }
        });
        return pairs;
    }

    /** Adds the columns whose values the column at that place is made of. */
    private addColumn(query: Query, place: number, into: ColumnSet): void {
        for (const expression of expressionsAt(query, place)) {
            this.addUses(expression, into);
        }
    }

    /** Adds the columns that a value names and, for subqueries, everything that decides their rows. */
    private addUses(value: unknown, into: ColumnSet): void {
        // The members of subqueries are known too, so that their columns are followed like all others.
        for (const use of columnUses(value)) {
            into.addAll(this.originsOf(use));
        }
        for (const { item } of membersIn(value)) {
            this.addItemRows(item, into);
        }
    }

    private originsOf({ member, name }: ColumnUse): readonly OriginColumn[] {
        const key = `${member}.${name}`;
        const known = this.traced.get(key);
        if (known !== undefined) {
            return known;
        }
        const found = new ColumnSet();
        const item = this.members.get(member)?.item;
        switch (item?.kind) {
            case "relation":
                found.add({ schema: item.relation.schema, relation: item.relation.name, column: name });
                break;
            case "query":
                this.addColumn(item.query, namesOf(item.query).indexOf(name), found);
                break;
            case "made":
                // Each column of the function's result may come from any of its arguments.
                this.addUses(item.content, found);
                break;
            case undefined:
                throw new NotUnderstood("a column is named whose table is not known");
        }
        this.traced.set(key, found.sorted);
        return found.sorted;
    }

    /** Adds the columns that decide which rows a SELECT has. */
    private addRows(query: Query, into: ColumnSet): void {
        switch (query.kind) {
            case "values":
                return;
            case "set":
                this.addRows(query.left, into);
                this.addRows(query.right, into);
                this.addUses([query.order, query.limit], into);
                if (!(query.operator === "union" && query.isAll)) {
                    for (const place of namesOf(query).keys()) {
                        this.addColumn(query, place, into);
                    }
                }
                if (query.limit !== null) {
                    // ORDER BY of a set operation refers to columns by name or place, so it is not followed: take all columns.
                    for (const place of query.order.length === 0 ? [] : namesOf(query).keys()) {
                        this.addColumn(query, place, into);
                    }
                }
                return;
            case "block":
                this.addFromRows(query.from, into);
                this.addUses([query.grouping, query.order, query.limit], into);
                if (query.distinct === "all") {
                    this.addUses(query.outputs, into);
                } else {
                    this.addUses(query.distinct, into);
                }
                // `select unnest(list)` makes rows.
                this.addUses(
                    query.outputs.filter(({ expression }) => returnsSet(expression, this.catalogue)),
                    into,
                );
        }
    }

    private addFromRows(from: From, into: ColumnSet): void {
        switch (from.kind) {
            case "member":
                this.addItemRows(from.member.item, into);
                return;
            case "inner":
                for (const item of from.items) {
                    this.addFromRows(item, into);
                }
                break;
            case "left":
            case "full":
                this.addFromRows(from.left, into);
                this.addFromRows(from.right, into);
        }
        this.addUses(from.conditions, into);
    }

    private addItemRows(item: Member["item"], into: ColumnSet): void {
        if (item.kind === "query") {
            this.addRows(item.query, into);
        } else if (item.kind === "made") {
            this.addUses(item.content, into);
        }
    }

    /** The expressions that compute a column, followed through queries that only pass it on. */
    private expressionsOf(query: Query, place: number): readonly string[] {
        const made = this.makersOf(query, place);
        return made.every(({ isPassedOn }) => isPassedOn) ? [] : [...new Set(made.map(({ text }) => text))];
    }

    private makersOf(query: Query, place: number): readonly Maker[] {
        return expressionsAt(query, place).flatMap((expression): readonly Maker[] => {
            const use = columnOrNull(expression);
            if (use === null) {
                const text = this.printOrNull(expression);
                return text === null ? [] : [{ text, isPassedOn: false }];
            }
            const item = this.members.get(use.member)?.item;
            return item?.kind === "query"
                ? this.makersOf(item.query, namesOf(item.query).indexOf(use.name))
                : [{ text: formatIdentifier(use.name), isPassedOn: item?.kind === "relation" }];
        });
    }

    private printOrNull(expression: Expression): string | null {
        const uses = columnUses(expression);
        try {
            return printExpression(withoutPedantry(expression), {
                column: ({ member, name }) => {
                    const isAlone = uses.every((use) => use.name !== name || use.member === member);
                    const alias = this.members.get(member)?.alias ?? "";
                    return isAlone ? formatIdentifier(name) : `${formatIdentifier(alias)}.${formatIdentifier(name)}`;
                },
                query: () => "select …",
            }).replaceAll(/"extract"\('(\w+)', /g, "extract($1 from ");
        } catch (error) {
            if (error instanceof NotUnderstood) {
                return null;
            }
            throw error;
        }
    }
}

interface Maker {
    readonly text: string;
    /** Whether it is just a column of another relation. */
    readonly isPassedOn: boolean;
}

const ordinaryTypes = new Set(["text", "numeric", "int4", "int8", "float8", "bool", "date"]);

/** Simplifies PostgreSQL's careful output to what people write: `0`, not `0::numeric`; no `pg_catalog` before a function. */
function withoutPedantry(expression: Expression): Expression {
    return rewrite(expression, ({ TypeCast, FuncCall }) => {
        if (TypeCast !== undefined) {
            const { arg, typeName } = TypeCast as {
                readonly arg: Expression;
                readonly typeName: { readonly names: readonly Expression[] };
            };
            const constant = arg.A_Const as { readonly sval?: { readonly sval?: string } } | undefined;
            if (constant === undefined || !ordinaryTypes.has(lastName(typeName.names))) {
                return null;
            }
            const text = constant.sval?.sval ?? "";
            return /^-?\d+(\.\d+)?$/.test(text) && lastName(typeName.names) !== "text"
                ? { A_Const: { fval: { fval: text } } }
                : arg;
        }
        const call = FuncCall as { readonly funcname: readonly Expression[] } | undefined;
        return call !== undefined && call.funcname.length > 1 && firstName(call.funcname) === "pg_catalog"
            ? { FuncCall: withoutPedantry({ ...call, funcname: call.funcname.slice(1) }) }
            : null;
    });
}

function firstName(names: readonly Expression[]): string {
    return (names[0]?.String as { readonly sval?: string } | undefined)?.sval ?? "";
}

function lastName(names: readonly Expression[]): string {
    return firstName(names.slice(-1));
}

/** The expressions that give the values at a place: one, or one for each branch or row. */
function expressionsAt(query: Query, place: number): readonly Expression[] {
    switch (query.kind) {
        case "block": {
            const output = query.outputs[place];
            if (output === undefined) {
                throw new NotUnderstood("a column is named that the SELECT does not have");
            }
            return [output.expression];
        }
        case "set":
            return [...expressionsAt(query.left, place), ...expressionsAt(query.right, place)];
        case "values":
            return query.rows.flatMap((row) => row.slice(place, place + 1));
    }
}
