/**
 * A SELECT as the rules see it: every name is resolved, CTEs and views replace their names, and each column names its member.
 * It is plain data, so that one walk reaches every column, also those of subqueries.
 */

/** A node of PostgreSQL's parse tree, `{ Kind: { … } }`, with `Column` in place of names and a `Query` in `SubLink`. */
export type Expression = Readonly<Record<string, unknown>>;

/** A column of something that a FROM clause names. */
export interface ColumnUse {
    readonly member: number;
    readonly name: string;
}

export interface ColumnType {
    /** As `format_type` writes it, without length or precision: `timestamp without time zone`. */
    readonly name: string;
    /** False if the column's collation treats different texts as equal. */
    readonly isDeterministic: boolean;
}

/** A table or view, from the catalog. */
export interface Relation {
    readonly schema: string;
    readonly name: string;
    readonly columns: readonly RelationColumn[];
    /** The SELECT of a view, as PostgreSQL prints it with `search_path = pg_catalog, pg_temp`; null for everything else. */
    readonly definition: string | null;
    /** The columns of the primary key; empty if there is none. */
    readonly primaryKey: readonly string[];
    /** The source or table model that it belongs to; null for a relation that does not change. */
    readonly upstream: Upstream | null;
}

export interface RelationColumn extends ColumnType {
    readonly column: string;
}

export interface Upstream {
    readonly name: string;
    /** Whether its changed rows include old versions. */
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
    /** Rows that are made only of other members' columns: `unnest(…)`, `(values (…))`. */
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
    /** Null where the catalog does not know it. */
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
    /** `SortBy` nodes, only if they decide which rows exist. */
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
    /** The columns' types; null where the catalog does not know them. */
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

/** Thrown for SQL that the rules do not know: what depends on it is rebuilt whole. */
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

/** Calls `meet` for a value and every object below it, except where `isSkipped` holds. */
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

/** Whether a node describes a relation of the catalog, which contains no part of the query. */
function isOfCatalog({ kind }: Readonly<Record<string, unknown>>): boolean {
    return kind === "relation";
}

/** What stands anywhere in a value, from the outside in. */
interface Found {
    readonly uses: ColumnUse[];
    readonly members: Member[];
    readonly subqueries: Expression[];
}

const nothing: Found = { uses: [], members: [], subqueries: [] };

/** Values never change, so that each is looked through once. Of what is in them only what is large is remembered by itself. */
const memory = new WeakMap<object, Found>();

function findIn(value: unknown): Found {
    if (typeof value !== "object" || value === null) {
        return nothing;
    }
    const known = memory.get(value);
    if (known !== undefined) {
        return known;
    }
    const found: Found = { uses: [], members: [], subqueries: [] };
    collect(value, found);
    memory.set(value, found);
    return found;
}

function collect(value: object, found: Found): void {
    if (Array.isArray(value)) {
        for (const item of value as readonly unknown[]) {
            if (typeof item === "object" && item !== null) {
                collect(item, found);
            }
        }
        return;
    }
    const node = value as Expression;
    if (node.Column !== undefined) {
        found.uses.push(node.Column as ColumnUse);
        return;
    }
    if (typeof node.memberId === "number") {
        found.members.push(node as unknown as Member);
    }
    if (node.SubLink !== undefined) {
        found.subqueries.push(node);
    }
    if (isOfCatalog(node)) {
        return;
    }
    for (const key in node) {
        const content = node[key];
        if (typeof content !== "object" || content === null) {
            continue;
        }
        const { kind } = content as { readonly kind?: unknown };
        if (kind === "block" || kind === "set") {
            const { uses, members, subqueries } = findIn(content);
            found.uses.push(...uses);
            found.members.push(...members);
            found.subqueries.push(...subqueries);
        } else {
            collect(content, found);
        }
    }
}

/** The columns that are named anywhere in a value, those of subqueries included. */
export function columnUses(value: unknown, isSkipped?: (value: object) => boolean): readonly ColumnUse[] {
    if (isSkipped === undefined) {
        return findIn(value).uses;
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

/** The members anywhere in a value. */
export function membersIn(value: unknown): readonly Member[] {
    return findIn(value).members;
}

/** The members that a value names but does not contain. */
export function freeMembers(value: unknown): ReadonlySet<number> {
    const own = new Set(membersIn(value).map(({ memberId }) => memberId));
    return new Set(
        columnUses(value)
            .map(({ member }) => member)
            .filter((member) => !own.has(member)),
    );
}

/** The member numbers of the relations in a value that can change. */
export function occurrencesIn(value: unknown): readonly number[] {
    return membersIn(value)
        .filter(({ item }) => item.kind === "relation" && item.relation.upstream !== null)
        .map(({ memberId }) => memberId);
}

export function hasSubquery(value: unknown): boolean {
    return findIn(value).subqueries.length > 0;
}

/** Replaces every column in a value by what `replace` returns; null keeps the column. */
export function replaceColumns<T>(value: T, replace: (use: ColumnUse) => Expression | null): T {
    return rewrite(value, (node) => {
        const use = columnOrNull(node);
        return use === null ? null : (replace(use) ?? node);
    });
}

/** Replaces objects in a value by what `replace` returns, from the outside in; null keeps the object and descends into it. */
export function rewrite<T>(value: T, replace: (node: Expression) => unknown): T {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (Array.isArray(value)) {
        const before = value as readonly unknown[];
        let items: unknown[] | null = null;
        for (const [place, item] of before.entries()) {
            const made = rewrite(item, replace);
            if (made !== item) {
                items ??= [...before];
                items[place] = made;
            }
        }
        return (items ?? value) as T;
    }
    const node = value as unknown as Expression;
    const replaced = replace(node);
    if (replaced !== null) {
        return replaced as T;
    }
    if (isOfCatalog(node)) {
        return value;
    }
    // What nothing was replaced in stays the same object: the rules tell conditions apart by it.
    let made: Record<string, unknown> | null = null;
    for (const key in node) {
        const content = node[key];
        if (typeof content === "object" && content !== null) {
            const other = rewrite(content, replace);
            if (other !== content) {
                made ??= { ...node };
                made[key] = other;
            }
        }
    }
    return (made ?? value) as T;
}

/** Whether two expressions are the same apart from their position in the text. */
export function isSameExpression(one: unknown, other: unknown): boolean {
    if (one === other) {
        return true;
    }
    if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
        return false;
    }
    const [left, right] = [one as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
    for (const key in left) {
        if (!placeKeys.has(key) && !isSameExpression(left[key], right[key])) {
            return false;
        }
    }
    for (const key in right) {
        if (!placeKeys.has(key) && right[key] !== undefined && !(key in left)) {
            return false;
        }
    }
    return true;
}

/** Keys of a parse tree that hold positions in the text. */
const placeKeys: ReadonlySet<string> = new Set(["location", "list_start", "list_end", "stmt_location"]);
