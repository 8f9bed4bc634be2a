/**
 * A SELECT as the rules see it: every name is resolved, CTEs and views stand in place of their names, and a column says whose it is.
 * All of it is plain data, so that one walk reaches every column, also those of subqueries.
 */

/** A node of PostgreSQL's parse tree, `{ Kind: { … } }`, in which `Column` stands for names and `SubLink` holds a `Query`. */
export type Expression = Readonly<Record<string, unknown>>;

/** A column of something that a FROM clause names. */
export interface ColumnUse {
    readonly member: number;
    readonly name: string;
}

export interface ColumnType {
    /** As `format_type` writes it, without length or precision: `timestamp without time zone`. */
    readonly name: string;
    /** False where the column's collation takes different texts for equal. */
    readonly isDeterministic: boolean;
}

/** A table or view, from the catalog. */
export interface Relation {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly RelationColumn[];
    /** The SELECT of a view, as PostgreSQL prints it with `search_path = pg_catalog, pg_temp`; null for everything else. */
    readonly definition: string | null;
    /** The columns of a primary key; empty where there is none. */
    readonly primaryKey: readonly string[];
    /** The source or table model it stands for; null for what does not change. */
    readonly upstream: Upstream | null;
}

export interface RelationColumn extends ColumnType {
    readonly column: string;
}

export interface Upstream {
    readonly name: string;
    /** Whether its changed rows can be rows as they were before. */
    readonly hasOldRows: boolean;
}

/** Something that a FROM clause names. */
export interface Member {
    readonly memberId: number;
    readonly alias: string;
    readonly item: Item;
}

export type Item =
    | { readonly kind: "relation"; readonly relation: Relation }
    | { readonly kind: "query"; readonly query: Query }
    /** Rows that are made of other members' columns alone: `unnest(…)`, `(values (…))`. */
    | { readonly kind: "made"; readonly columns: readonly string[]; readonly content: MadeRows };

export type MadeRows =
    { readonly kind: "function"; readonly node: Expression } | { readonly kind: "query"; readonly query: Query };

export type From =
    | { readonly kind: "member"; readonly member: Member }
    | { readonly kind: "inner"; readonly items: readonly From[]; readonly conditions: readonly Expression[] }
    | {
          readonly kind: "left" | "full";
          readonly left: From;
          readonly right: From;
          readonly conditions: readonly Expression[];
      };

export interface Output {
    readonly name: string;
    readonly expression: Expression;
    /** Where the catalog knows it. */
    readonly type: ColumnType | null;
}

export interface Block {
    readonly kind: "block";
    readonly from: Extract<From, { kind: "inner" }>;
    readonly outputs: readonly Output[];
    readonly grouping: {
        readonly keys: readonly Expression[];
        readonly having: Expression | null;
        readonly isByOneSet: boolean;
    } | null;
    readonly distinct: "all" | readonly Expression[] | null;
    /** `SortBy` nodes, where they decide which rows there are. */
    readonly order: readonly Expression[];
    readonly limit: {
        readonly count: Expression | null;
        readonly offset: Expression | null;
        readonly withTies: boolean;
    } | null;
}

export interface SetOperation {
    readonly kind: "set";
    readonly operator: "union" | "intersect" | "except";
    readonly isAll: boolean;
    readonly left: Query;
    readonly right: Query;
    /** Of the columns, where the catalog knows them. */
    readonly types: readonly (ColumnType | null)[];
    readonly order: readonly Expression[];
    readonly limit: Block["limit"];
}

export interface ValuesList {
    readonly kind: "values";
    readonly names: readonly string[];
    readonly rows: readonly (readonly Expression[])[];
}

export type Query = Block | SetOperation | ValuesList;

/** Something in a SELECT that the rules do not know: what depends on it is rebuilt whole. */
export class NotUnderstood extends Error {}

export function column(member: number, name: string): Expression {
    return { Column: { member, name } satisfies ColumnUse };
}

export function columnOrNull(expression: Expression | null | undefined): ColumnUse | null {
    return (expression?.Column as ColumnUse | undefined) ?? null;
}

/** The names of a query's columns, in their order. */
export function namesOf(query: Query): readonly string[] {
    switch (query.kind) {
        case "block":
            return query.outputs.map(({ name }) => name);
        case "set":
            return namesOf(query.left);
        case "values":
            return query.names;
    }
}

/** The columns of a member, in their order. */
export function columnsOf({ item }: Member): readonly string[] {
    switch (item.kind) {
        case "relation":
            return item.relation.columns.map((each) => each.column);
        case "query":
            return namesOf(item.query);
        case "made":
            return item.columns;
    }
}

/** Every object below a value, the value included, but not what `isSkipped` holds for. */
export function visit(
    value: unknown,
    meet: (node: Readonly<Record<string, unknown>>) => void,
    isSkipped: (value: object) => boolean = () => false,
): void {
    if (typeof value !== "object" || value === null || isSkipped(value)) {
        return;
    }
    if (Array.isArray(value)) {
        for (const item of value) {
            visit(item, meet, isSkipped);
        }
        return;
    }
    const node = value as Readonly<Record<string, unknown>>;
    meet(node);
    if (!isOfCatalog(node)) {
        for (const key in node) {
            visit(node[key], meet, isSkipped);
        }
    }
}

/** What is known of a table: a query holds it, and nothing in it is of the query. */
function isOfCatalog({ kind }: Readonly<Record<string, unknown>>): boolean {
    return kind === "relation";
}

/** What `find` says of a value and the values in it: each is asked once, as none of them ever changes. */
function makeMemory<T>(find: (value: object) => T): (value: object) => T {
    const found = new WeakMap<object, { readonly is: T }>();
    return (value) => {
        const known = found.get(value) ?? { is: find(value) };
        found.set(value, known);
        return known.is;
    };
}

/** What stands anywhere in a value, from the outside in. */
function makeFinder<T>(take: (node: Readonly<Record<string, unknown>>) => T | null): (value: unknown) => readonly T[] {
    const none: readonly T[] = [];
    const findIn = makeMemory((value: object): readonly T[] => {
        const node = value as Readonly<Record<string, unknown>>;
        const found: T[] = [];
        const own = Array.isArray(value) ? null : take(node);
        if (own !== null) {
            found.push(own);
        }
        if (!isOfCatalog(node)) {
            for (const key in node) {
                found.push(...find(node[key]));
            }
        }
        return found.length === 0 ? none : found;
    });
    const find = (value: unknown): readonly T[] => (typeof value === "object" && value !== null ? findIn(value) : none);
    return find;
}

const findColumnUses = makeFinder(columnOrNull);

const findMembers = makeFinder((node) => (typeof node.memberId === "number" ? (node as unknown as Member) : null));

const findSubqueries = makeFinder((node) => (node.SubLink === undefined ? null : node));

/** The columns that are named anywhere in a value, those of subqueries included. */
export function columnUses(value: unknown, isSkipped?: (value: object) => boolean): readonly ColumnUse[] {
    if (isSkipped === undefined) {
        return findColumnUses(value);
    }
    const found: ColumnUse[] = [];
    visit(
        value,
        (node) => {
            const use = columnOrNull(node);
            if (use !== null) {
                found.push(use);
            }
        },
        isSkipped,
    );
    return found;
}

/** The members that stand anywhere in a value. */
export function membersIn(value: unknown): readonly Member[] {
    return findMembers(value);
}

/** The members of outer queries that a value names. */
export function freeMembers(value: unknown): ReadonlySet<number> {
    const own = new Set(membersIn(value).map(({ memberId }) => memberId));
    return new Set(
        columnUses(value)
            .map(({ member }) => member)
            .filter((member) => !own.has(member)),
    );
}

/** The relations that can change anywhere in a value. */
export function occurrencesIn(value: unknown): readonly number[] {
    return membersIn(value)
        .filter(({ item }) => item.kind === "relation" && item.relation.upstream !== null)
        .map(({ memberId }) => memberId);
}

export function hasSubquery(value: unknown): boolean {
    return findSubqueries(value).length > 0;
}

/** The value with every column replaced by what `replace` gives for it; null keeps the column. */
export function replaceColumns<T>(value: T, replace: (use: ColumnUse) => Expression | null): T {
    return rewrite(value, (node) => {
        const use = columnOrNull(node);
        return use === null ? null : (replace(use) ?? node);
    });
}

/** The value with every object replaced by what `replace` gives for it, from the outside in; null goes on inside. */
export function rewrite<T>(value: T, replace: (node: Expression) => unknown): T {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (Array.isArray(value)) {
        const before = value as readonly unknown[];
        const items = before.map((item) => rewrite(item, replace));
        return items.every((item, place) => item === before[place]) ? value : (items as T);
    }
    const node = value as unknown as Expression;
    const replaced = replace(node);
    if (replaced !== null) {
        return replaced as T;
    }
    if (isOfCatalog(node)) {
        return value;
    }
    let isSame = true;
    const made: Record<string, unknown> = {};
    for (const [key, content] of Object.entries(node)) {
        made[key] = rewrite(content, replace);
        isSame &&= made[key] === content;
    }
    // What nothing was replaced in stays the same object: the rules tell conditions apart by it.
    return isSame ? value : (made as T);
}

/** Whether two expressions are the same, wherever they stand. */
export function isSameExpression(one: unknown, other: unknown): boolean {
    if (one === other) {
        return true;
    }
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
        return false;
    }
    const [left, right] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
    const keys = new Set([...Object.keys(left), ...Object.keys(right)].filter((key) => !placeKeys.has(key)));
    return [...keys].every((key) => isSameExpression(left[key], right[key]));
}

/** What a parse tree says of places in the text. */
const placeKeys: ReadonlySet<string> = new Set(["location", "list_start", "list_end", "stmt_location"]);
