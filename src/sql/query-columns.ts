import type { CatalogueRelation } from "./completion.js";
import { parseQuery, type FromItem, type ParsedQuery, type QueryArm } from "./parse-query.js";
import { isSymbol, nameOf, wordAt, type SqlFrame, type SqlItem } from "./sql-frames.js";

/** A column as known without asking the server; the type of an expression is unknown, and empty. */
export interface QueryColumn {
    readonly name: string;
    readonly typeName: string;
}

/** Which WITH queries can be read at a place. */
export interface Environment {
    readonly query: ParsedQuery;
    /** How many of the query's WITH queries can be read; the later ones cannot. */
    readonly count: number;
    readonly outer: Environment | null;
}

/** Finds the columns of the tables and queries in a statement. */
export interface ColumnFinder {
    readonly columnsOf: (item: FromItem, environment: Environment | null) => readonly QueryColumn[];
    /** The columns that a SELECT gives. */
    readonly outputOf: (arm: QueryArm, environment: Environment | null) => readonly QueryColumn[];
}

/** How many nested queries are read. */
const deepest = 40;

export function makeColumnFinder(catalogue: readonly CatalogueRelation[]): ColumnFinder {
    const known = new Map<SqlFrame, readonly QueryColumn[]>();
    let depth = 0;

    function columnsOf(
        { name, columns, query, isCall, alias }: FromItem,
        environment: Environment | null,
    ): readonly QueryColumn[] {
        if (isCall) {
            const names = columns.length > 0 ? columns : [alias ?? name.at(-1) ?? ""];
            return names.map((each) => ({ name: each, typeName: "" }));
        }
        return rename(query === null ? columnsOfName(name, environment) : outputOfQuery(query, environment), columns);
    }

    function columnsOfName(name: readonly string[], environment: Environment | null): readonly QueryColumn[] {
        const [first = "", second] = name;
        if (second !== undefined) {
            return catalogue.find((each) => each.schema === first && each.name === second)?.columns ?? [];
        }
        for (let place = environment; place !== null; place = place.outer) {
            const { query, count, outer } = place;
            const at = query.commonTables.findIndex((each, index) => each.name === first && index < count);
            const table = query.commonTables[at];
            if (table !== undefined) {
                const inside = { query, count: query.isRecursive ? query.commonTables.length : at, outer };
                return rename(outputOfQuery(table.body, inside), table.columns);
            }
        }
        return catalogue.find((each) => each.isVisible && each.name === first)?.columns ?? [];
    }

    function outputOfQuery(frame: SqlFrame, outer: Environment | null): readonly QueryColumn[] {
        const found = known.get(frame);
        if (found !== undefined || depth > deepest) {
            return found ?? [];
        }
        // A recursive query reads itself: this entry ends the recursion.
        known.set(frame, []);
        depth++;
        const query = parseQuery(frame.items);
        const [arm] = query.arms;
        const columns = arm === undefined ? [] : outputOf(arm, { query, count: query.commonTables.length, outer });
        depth--;
        known.set(frame, columns);
        return columns;
    }

    function outputOf({ kind, selectList, from }: QueryArm, environment: Environment | null): readonly QueryColumn[] {
        if (kind === "values") {
            const [row] = selectList;
            const count = row?.kind === "frame" ? splitList(row.items).length : 0;
            return Array.from({ length: count }, (_, index) => ({ name: `column${index + 1}`, typeName: "" }));
        }
        const all = from.map((item) => ({ item, columns: columnsOf(item, environment) }));
        const types = new Map(all.flatMap(({ columns }) => columns.map((column) => [column.name, column.typeName])));
        return kind === "table" ? all.flatMap(({ columns }) => columns) : splitList(selectList).flatMap(columnsOfItem);

        function columnsOfItem(items: readonly SqlItem[]): readonly QueryColumn[] {
            const last = items.length - 1;
            if (isSymbol(items[last], "*") && (last === 0 || isSymbol(items[last - 1], "."))) {
                const owner = nameOf(items[last - 2]);
                return all.flatMap(({ item, columns }) => (last === 0 || nameOfItem(item) === owner ? columns : []));
            }
            const name = outputName(items);
            const isPlain = last === 0 || (last === 2 && isSymbol(items[1], "."));
            const source = isPlain ? nameOf(items[last]) : null;
            return name === null ? [] : [{ name, typeName: types.get(source ?? "") ?? "" }];
        }
    }

    return { columnsOf, outputOf };
}

/** The name that qualifies the item's columns. */
export function nameOfItem({ alias, name }: FromItem): string {
    return alias ?? name.at(-1) ?? "";
}

function rename(columns: readonly QueryColumn[], names: readonly string[]): readonly QueryColumn[] {
    return names.length === 0
        ? columns
        : [
              ...names.map((name, at) => ({ name, typeName: columns[at]?.typeName ?? "" })),
              ...columns.slice(names.length),
          ];
}

function splitList(items: readonly SqlItem[]): readonly (readonly SqlItem[])[] {
    const parts: SqlItem[][] = [[]];
    for (const [at, item] of items.entries()) {
        if (isSymbol(item, ",")) {
            parts.push([]);
        } else if (!(at === 0 && /^(distinct|all)$/.test(wordAt(items, 0)))) {
            parts.at(-1)?.push(item);
        }
    }
    return parts;
}

/** The name that PostgreSQL gives to an item of a select list; null when it gives none. */
function outputName(items: readonly SqlItem[]): string | null {
    const cast = items.findIndex((item, at) => isSymbol(item, ":") && isSymbol(items[at + 1], ":"));
    const last = items.length - 1;
    const name = nameOf(items[last]);
    if (name !== null && (cast < 0 || wordAt(items, last - 1) === "as")) {
        return name === "end" && wordAt(items, 0) === "case" ? "case" : name;
    }
    const value = cast < 0 ? items : items.slice(0, cast);
    const end = value.at(-1);
    return nameOf(end?.kind === "frame" ? value.at(-2) : end);
}
