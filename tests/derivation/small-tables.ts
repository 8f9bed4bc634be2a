import type { Random } from "../../src/prove/random.js";

export type ColumnKind = "integer" | "bigint" | "numeric" | "text" | "date" | "boolean";

/** What each small table has; `id` is unique in the first two only. */
export const tableColumns: readonly { readonly name: string; readonly kind: ColumnKind }[] = [
    { name: "id", kind: "integer" },
    { name: "k", kind: "integer" },
    { name: "g", kind: "bigint" },
    { name: "n", kind: "numeric" },
    { name: "s", kind: "text" },
    { name: "d", kind: "date" },
    { name: "u", kind: "date" },
    { name: "b", kind: "boolean" },
];

export const tableNames = ["t1", "t2", "t3", "t4"] as const;
export type TableName = (typeof tableNames)[number];
const withKey: ReadonlySet<TableName> = new Set(["t1", "t2"]);

/** SQL for the values of a row. */
export type Row = readonly string[];
export type Tables = Readonly<Record<TableName, readonly Row[]>>;

export const makeTablesSql: readonly string[] = [
    "drop schema if exists tables cascade",
    "create schema tables",
    ...tableNames.map(
        (name) =>
            `create table tables.${name} (${[
                ...tableColumns.map((each) => `${each.name} ${each.kind}`),
                ...(withKey.has(name) ? ["primary key (id)"] : []),
            ].join(", ")})`,
    ),
];

export const columnValues: Readonly<Record<ColumnKind, readonly string[]>> = {
    integer: ["0", "1", "2", "null"],
    bigint: ["0", "1", "2", "null"],
    numeric: ["1.0", "1.00", "2.5", "null"],
    text: ["'a'", "'b'", "''", "null"],
    date: ["'2020-01-01'", "'2020-01-02'", "'2020-01-03'", "'2020-01-04'", "null"],
    boolean: ["true", "false", "null"],
};

function randomRow(random: Random, id: string | null): Row {
    return tableColumns.map(({ name, kind }) => (name === "id" && id !== null ? id : random.pick(columnValues[kind])));
}

/** Few rows with few values, so that they meet. */
export function randomTables(random: Random): Tables {
    const rows = (name: TableName): readonly Row[] =>
        Array.from({ length: random.below(6) }, (_, place) =>
            randomRow(random, withKey.has(name) ? String(place) : null),
        );
    return { t1: rows("t1"), t2: rows("t2"), t3: rows("t3"), t4: rows("t4") };
}

/** The tables with a few rows added, changed or taken away in some of them. */
export function changeTables(random: Random, before: Tables, changing: readonly TableName[]): Tables {
    const change = (name: TableName): readonly Row[] => {
        if (!changing.includes(name)) {
            return before[name];
        }
        let rows = before[name];
        for (let count = 1 + random.below(3); count > 0; count--) {
            const place = random.below(rows.length);
            switch (rows.length === 0 ? 0 : random.below(4)) {
                case 0: {
                    const free = ["0", "1", "2", "3", "4", "5", "6", "7"].filter(
                        (id) => !rows.some((row) => row[0] === id),
                    );
                    rows = [...rows, randomRow(random, withKey.has(name) ? random.pick(free) : null)];
                    break;
                }
                case 1:
                    rows = rows.filter((_, index) => index !== place);
                    break;
                default: {
                    // One or two values of a row, as updates go.
                    const columns = random.some(tableColumns.map((_, index) => index).slice(1), 1 + random.below(2));
                    rows = rows.map((row, index) =>
                        index === place
                            ? row.map((value, at) => {
                                  const kind = tableColumns[at]?.kind ?? "integer";
                                  return columns.includes(at) ? random.pick(columnValues[kind]) : value;
                              })
                            : row,
                    );
                }
            }
        }
        return rows;
    };
    return { t1: change("t1"), t2: change("t2"), t3: change("t3"), t4: change("t4") };
}

export function fillSql(name: TableName, rows: readonly Row[]): readonly string[] {
    const values = rows.map((row) => `(${row.join(", ")})`).join(", ");
    return [
        `delete from tables.${name}`,
        ...(rows.length === 0 ? [] : [`insert into tables.${name} values ${values}`]),
    ];
}

/** `changed`: the rows before and not after, and after and not before, with their sign. */
export function changedSql(before: readonly Row[], after: readonly Row[], sign: string): string {
    const left = [...before.map((row) => row.join(", "))];
    const added: string[] = [];
    for (const row of after.map((each) => each.join(", "))) {
        const place = left.indexOf(row);
        if (place === -1) {
            added.push(row);
        } else {
            left.splice(place, 1);
        }
    }
    const rows = [...left.map((row) => `${row}, -1`), ...added.map((row) => `${row}, 1`)];
    const types = tableColumns.map(({ name, kind }, place) => `column${place + 1}::${kind} as ${name}`);
    const list = `${types.join(", ")}, column${tableColumns.length + 1} as ${sign}`;
    const nothing = `${tableColumns.map(() => "null").join(", ")}, 0`;
    return `select ${list} from (values ${(rows.length === 0 ? [nothing] : rows).map((row) => `(${row})`).join(", ")}) as given${rows.length === 0 ? " where false" : ""}`;
}

/** The tables with other values in some of the columns, by table and place; keys and the number of rows stay. */
export function withOtherValues(random: Random, tables: Tables, free: ReadonlyMap<string, readonly number[]>): Tables {
    const change = (name: TableName): readonly Row[] =>
        tables[name].map((row) =>
            row.map((value, place) => {
                const isKey = place === 0 && withKey.has(name);
                const kind = tableColumns[place]?.kind ?? "integer";
                const isFree = !isKey && (free.get(name) ?? []).includes(place);
                return isFree ? random.pick(columnValues[kind]) : value;
            }),
        );
    return { t1: change("t1"), t2: change("t2"), t3: change("t3"), t4: change("t4") };
}
