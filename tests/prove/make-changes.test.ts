import { describe, expect, it } from "vitest";
import { Links } from "../../src/prove/links.js";
import { ChangeMaker } from "../../src/prove/make-changes.js";
import { Random } from "../../src/prove/random.js";
import { formatChange, type SourceChange, type SourceRow } from "../../src/prove/source-rows.js";
import type { SourceTable } from "../../src/prove/source-tables.js";
import { makeProject, type TestSource } from "../setup/models.js";

const columnOf = (name: string, type: string): SourceTable["columns"][number] => ({
    name,
    type,
    notNull: name === "id",
    generatedAs: null,
    collation: null,
    labels: [],
});

function tableOf(source: TestSource, columns: Readonly<Record<string, string>>): SourceTable {
    const [file] = makeProject({ sources: [source], models: [] }).sources;
    if (file === undefined) {
        throw new Error("no source");
    }
    return {
        source: file,
        schema: "shop",
        table: file.table,
        columns: Object.entries(columns).map(([name, type]) => columnOf(name, type)),
        references: [],
        typesSql: [],
        constraintsSql: [],
        original: null,
    };
}

const rows: readonly SourceRow[] = Array.from({ length: 10 }, (_row, place) => ({
    id: String(place + 1),
    customer: String(place % 3),
    loaded: String(100 + place),
    modified_at: `2025-01-0${1 + (place % 9)} 00:00:00`,
}));

const columns = { id: "integer", customer: "integer", loaded: "bigint", modified_at: "timestamp without time zone" };

/** What 300 rounds do to one source. */
function changesOf(source: Omit<TestSource, "name">, seed = 1): readonly SourceChange[] {
    const table = tableOf({ name: "orders", ...source }, columns);
    const maker = new ChangeMaker(new Random(seed), [table], new Links([table], []), new Map([["orders", rows]]));
    return Array.from({ length: 300 }, () => maker.makeBatch(new Map([["orders", rows]]))).flat();
}

const kindsOf = (changes: readonly SourceChange[]): readonly string[] =>
    [...new Set(changes.map(({ kind }) => kind))].sort();

describe("what is done to a source", () => {
    it.each([
        ["versions that may not go away", { kind: "versions" }, ["insert"]],
        ["versions that may", { kind: "versions", deletes: "follow" }, ["delete", "insert"]],
        ["a table", { kind: "table" }, ["delete", "insert", "update"]],
        ["a table from which nothing may go", { kind: "table", deletes: "refuse" }, ["insert", "update"]],
        ["a view with a load cursor", { kind: "view", loadCursor: "loaded" }, ["insert"]],
    ] as const)("is what %s allow", (_name, source, kinds) => {
        expect(kindsOf(changesOf(source))).toEqual(kinds);
    });

    it("takes no more rows at a time than the source says", () => {
        const table = tableOf({ name: "orders", kind: "table", deletes: { upToShare: 0.1 } }, columns);
        const maker = new ChangeMaker(new Random(1), [table], new Links([table], []), new Map([["orders", rows]]));
        const counts = Array.from(
            { length: 300 },
            () => maker.makeBatch(new Map([["orders", rows]])).filter(({ kind }) => kind === "delete").length,
        );
        expect(Math.max(...counts)).toBe(1);
    });

    it("repeats rows, adds late versions, and raises a load cursor each time", () => {
        const inserted = changesOf({ kind: "versions", loadCursor: "loaded" }).flatMap((change) =>
            change.kind === "insert" ? [change.row] : [],
        );
        expect(Math.min(...inserted.map(({ loaded }) => Number(loaded)))).toBeGreaterThan(109);
        const versions = changesOf({ kind: "versions" }).flatMap((change) =>
            change.kind === "insert" ? [change.row] : [],
        );
        expect(versions.some((row) => rows.some((other) => JSON.stringify(other) === JSON.stringify(row)))).toBe(true);
        const isLate = (row: SourceRow): boolean =>
            rows.some(({ id, modified_at: at }) => id === row.id && (at ?? "") > (row.modified_at ?? at ?? ""));
        expect(versions.some(isLate)).toBe(true);
    });

    it("is the same for the same seed, and another for another", () => {
        expect(changesOf({ kind: "table" }, 7)).toEqual(changesOf({ kind: "table" }, 7));
        expect(changesOf({ kind: "table" }, 7)).not.toEqual(changesOf({ kind: "table" }, 8));
    });
});

it("writes statements that can be pasted", () => {
    const table = tableOf({ name: "orders", kind: "table" }, { id: "integer", note: "text" });
    expect([
        formatChange(table, { kind: "insert", source: "orders", row: { id: "1", note: "O'Neil" } }),
        formatChange(table, { kind: "update", source: "orders", where: { id: "1" }, set: { note: null } }),
        formatChange(table, { kind: "delete", source: "orders", where: { id: "1", note: "a" } }),
    ]).toEqual([
        "insert into shop.orders (id, note) values (1, 'O''Neil')",
        "update shop.orders set note = null where id = 1",
        "delete from shop.orders where id = 1 and note::text = 'a'",
    ]);
});
