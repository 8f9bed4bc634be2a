import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../src/database/connection.js";
import { mergeModel, type MergeResult, type MergeScope } from "../../src/engine/merge.js";
import { permanentStaging, temporaryStaging } from "../../src/engine/staging.js";
import { loadTargets, type Target } from "../../src/engine/target.js";
import { loadRegistry, type TableModel } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases, describeOnServer, type TestDatabase } from "../setup/databases.js";
import { migrateTo, type TestModel, type TestSource } from "../setup/models.js";
import { rowsOf } from "./small-builds.js";

const all: MergeScope = { kind: "all" };

const item: TestModel = {
    name: "item",
    layer: "warehouse",
    description: "Whatever the input says.",
    grain: "one row per group and item",
    // Text that is no number makes the SELECT fail on its row.
    select: "select group_id, item_id, name, price::numeric as price, score, payload, day from public.input",
    primaryKey: ["group_id", "item_id"],
    entityKey: ["group_id"],
};

/** An item keeps its key when it moves from one group to another. */
const movable: TestModel = {
    name: "movable",
    layer: "marts",
    description: "Items by themselves.",
    grain: "one row per item",
    select: "select item_id, group_id, name from public.input",
    primaryKey: ["item_id"],
    entityKey: ["group_id"],
    columns: { name: { notNull: true } },
};

/** Which process of the server computed a row: `immutable`, so that a SELECT may ask for it. */
const processFunction = `create function public.computing_process(text) returns integer
    language plpgsql immutable parallel safe as 'begin return pg_backend_pid(); end'`;

const computed: TestModel = {
    name: "computed",
    layer: "marts",
    description: "Who computed an item.",
    grain: "one row per item",
    select: "select item_id, public.computing_process(item_id) as process from public.input",
    primaryKey: ["item_id"],
};

/** PostgreSQL passes no more than 100 arguments to a function. */
const wide: TestModel = {
    name: "wide",
    layer: "marts",
    description: "Many columns.",
    grain: "one row per item",
    select: `select item_id, ${Array.from({ length: 1500 }, (_column, place) => `group_id + ${place} as group_${place}`).join(", ")} from public.input`,
    primaryKey: ["item_id"],
};

const input: TestSource = {
    name: "input",
    schema: "public",
    kind: "table",
    key: ["group_id", "item_id"],
    versionColumn: null,
};

async function makeTables({ connected }: TestDatabase): Promise<void> {
    await connected.query(
        "create table public.input (group_id int, item_id text, name text, price text, score float8, payload json, day date)",
    );
    await connected.query(processFunction);
    await migrateTo(connected, { sources: [input], models: [item, movable, computed, wide] });
}

describeOnBothDatabases("mergeModel", { template: "operations" }, (database) => {
    defineMergeTests(database, "temporary");
});

// Use the merge for clusters without a cluster: its statements are plain SQL.
describeOnServer("mergeModel through permanent tables", { template: "operations" }, (database) => {
    defineMergeTests(database, "permanent");
});

function defineMergeTests(database: TestDatabase, staging: "temporary" | "permanent"): void {
    let targets: ReadonlyMap<string, Target>;

    beforeAll(async () => {
        await makeTables(database);
        const { models } = await loadRegistry(database.connected);
        const loaded = await loadTargets(
            database.connected,
            models.filter((model): model is TableModel => model.materialisation === "table"),
        );
        targets = new Map(
            [...loaded].map(([name, target]) => [
                name,
                {
                    ...target,
                    staging: staging === "temporary" ? temporaryStaging : permanentStaging(target.model, null),
                },
            ]),
        );
    });

    beforeEach(async () => {
        await database.connected.query("truncate public.input, warehouse.item, marts.movable, marts.computed");
    });

    /** The input becomes these rows; each is SQL for values of `columns`. */
    async function give(columns: string, ...rows: readonly string[]): Promise<void> {
        await database.connected.query("truncate public.input");
        if (rows.length > 0) {
            const values = rows.map((row) => `(${row})`).join(", ");
            await database.connected.query(`insert into public.input (${columns}) values ${values}`);
        }
    }

    function mergeAnd<T>(
        scope: MergeScope,
        use: (connection: Connection, result: MergeResult) => Promise<T>,
        modelName = "item",
    ): Promise<T> {
        const target = targets.get(modelName);
        if (target === undefined) {
            throw new Error(`no target ${modelName}`);
        }
        return database.connected.withTransaction(
            async (connection) => {
                await divideAll(connection);
                return use(connection, await mergeModel(connection, target, scope));
            },
            { isolation: "repeatable read" },
        );
    }

    /** Makes a server read even small tables in parallel; the embedded database has one process. */
    async function divideAll(connection: Connection): Promise<void> {
        await connection.query(
            `select set_config(name, '0', true)
            from unnest(array[
                'parallel_setup_cost', 'parallel_tuple_cost', 'min_parallel_table_scan_size', 'parallel_leader_participation'
            ]) as name`,
        );
    }

    async function merge(scope: MergeScope, modelName?: string): Promise<string> {
        return mergeAnd(
            scope,
            (_connection, { inserted, updated, deleted, unchanged, isFirstLoad }) =>
                Promise.resolve(
                    `+${inserted} ~${updated} -${deleted} =${unchanged}${isFirstLoad ? " first load" : ""}`,
                ),
            modelName,
        );
    }

    function entities(...groups: readonly string[]): MergeScope {
        return { kind: "entities", entities: groups.map((group) => [group]) };
    }

    /** The rows with their ctid: an untouched row keeps its ctid. */
    async function places(): Promise<ReadonlyMap<string, string>> {
        const rows = await rowsOf(
            database.connected,
            "select group_id || item_id, ctid || ' ' || xmin from warehouse.item",
        );
        return new Map(rows.map(([key, place]) => [key ?? "", place ?? ""]));
    }

    it("fills an empty table", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'b', 'two'", "2, 'a', 'three'");
        expect(await merge(all)).toBe("+3 ~0 -0 =0 first load");
        expect(
            await rowsOf(database.connected, "select group_id, item_id, name from warehouse.item order by 1, 2"),
        ).toEqual([
            ["1", "a", "one"],
            ["1", "b", "two"],
            ["2", "a", "three"],
        ]);
    });

    it("computes all rows in other processes where a server may", async () => {
        await give("group_id, item_id", "1, 'a'", "2, 'b'");
        const isComputedElsewhere = async (connection: Pick<Connection, "query">): Promise<unknown> =>
            (await connection.query("select distinct process <> pg_backend_pid() as elsewhere from marts.computed"))
                .rows;
        expect(await mergeAnd(all, isComputedElsewhere, "computed")).toEqual([
            { elsewhere: database.kind === "server" && staging === "temporary" },
        ]);
        // Once more, with rows that are compared.
        await database.connected.query("update marts.computed set process = 0");
        expect(await mergeAnd(all, isComputedElsewhere, "computed")).toEqual([
            { elsewhere: database.kind === "server" && staging === "temporary" },
        ]);
    });

    if (staging === "temporary") {
        describe("fills an empty table with many rows and", () => {
            /** The indexes of the table by name, with their object ids: an index that was made again has another one. */
            async function indexes(): Promise<ReadonlyMap<string, string>> {
                const rows = await rowsOf(
                    database.connected,
                    `select pg_get_indexdef(indexrelid), indexrelid from pg_index where indrelid = 'warehouse.item'::regclass`,
                );
                return new Map(rows.map(([definition, id]) => [definition ?? "", id ?? ""]));
            }

            beforeAll(async () => {
                await database.connected.query(`
                create index "Item ""name""" on warehouse.item (score desc) where name <> '';
                create index item_day_idx on warehouse.item (day);
                comment on index warehouse.item_day_idx is 'Kept.'`);
            });

            beforeEach(async () => {
                await database.connected.query(
                    "insert into public.input (group_id, item_id, name) select 1, number, 'x' from generate_series(1, 2000) as number",
                );
            });

            it("makes its plain indexes again after that", async () => {
                const before = await indexes();
                expect(await merge(all)).toBe("+2000 ~0 -0 =0 first load");
                const after = await indexes();
                expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
                expect([...before].filter(([definition, id]) => after.get(definition) !== id)).toEqual([
                    [
                        `CREATE INDEX "Item ""name""" ON warehouse.item USING btree (score DESC) WHERE (name <> ''::text)`,
                        expect.any(String),
                    ],
                ]);
            });

            it("leaves its indexes as they are while somebody uses it", async () => {
                const before = await indexes();
                const use = async (): Promise<string> => merge(all);
                const result = await (database.kind === "embedded"
                    ? use()
                    : database.connected.withTransaction(async (reader) => {
                          await reader.query("select from warehouse.item");
                          return use();
                      }));
                expect(result).toBe("+2000 ~0 -0 =0 first load");
                expect((await indexes()).size).toBe(before.size);
                if (database.kind === "server") {
                    expect(await indexes()).toEqual(before);
                }
            });

            it("refuses a key twice as elsewhere", async () => {
                await database.connected.query("insert into public.input (group_id, item_id) values (1, '7')");
                await expect(merge(all)).rejects.toMatchObject({
                    code: "failed",
                    message: "The SELECT gives several rows for the key (group_id, item_id) = (1, 7).",
                });
                expect(await rowsOf(database.connected, "select from warehouse.item")).toEqual([]);
            });
        });
    }

    it("leaves an empty table empty when the SELECT gives nothing", async () => {
        expect(await merge(all)).toBe("+0 ~0 -0 =0 first load");
        expect(await merge(entities("1"))).toBe("+0 ~0 -0 =0");
    });

    it("touches no row when nothing has changed", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "2, 'a', null");
        await merge(all);
        const before = await places();
        expect(await merge(all)).toBe("+0 ~0 -0 =2");
        expect(await merge(entities("1", "2", "3"))).toBe("+0 ~0 -0 =2");
        expect(await places()).toEqual(before);
    });

    it("inserts, updates and deletes exactly what differs, by a key of several columns", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'b', 'two'", "2, 'a', 'three'", "2, 'b', 'four'");
        await merge(all);
        const before = await places();
        await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'b', 'TWO'", "2, 'b', 'four'", "1, 'c', 'new'");
        expect(await merge(all)).toBe("+1 ~1 -1 =2");
        expect(
            await rowsOf(database.connected, "select group_id, item_id, name from warehouse.item order by 1, 2"),
        ).toEqual([
            ["1", "a", "one"],
            ["1", "b", "TWO"],
            ["1", "c", "new"],
            ["2", "b", "four"],
        ]);
        const after = await places();
        expect([after.get("1a"), after.get("2b")]).toEqual([before.get("1a"), before.get("2b")]);
        expect(after.get("1b")).not.toBe(before.get("1b"));
    });

    it("supplies the changed rows, before and after, to the rest of the transaction", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'b', 'two'");
        await merge(all);
        await give("group_id, item_id, name", "1, 'a', 'ONE'", "1, 'c', 'three'");
        const rows = await mergeAnd(all, async (connection) => {
            const changed = await connection.query(
                `select operation, (old_row).item_id as old_id, (old_row).name as old_name, (new_row).item_id as new_id, (new_row).name as new_name
                from ${targets.get("item")?.staging.changedRows ?? ""} order by 1`,
            );
            return changed.rows;
        });
        expect(rows).toEqual([
            { operation: "delete", old_id: "b", old_name: "two", new_id: null, new_name: null },
            { operation: "insert", old_id: null, old_name: null, new_id: "c", new_name: "three" },
            { operation: "update", old_id: "a", old_name: "one", new_id: "a", new_name: "ONE" },
        ]);
    });

    it("merges a table of 1,501 columns, whole and by entities", async () => {
        await give("group_id, item_id", "1, 'a'", "2, 'b'");
        expect(await merge(all, "wide")).toBe("+2 ~0 -0 =0 first load");
        await give("group_id, item_id", "1, 'a'", "3, 'b'");
        expect(await merge(all, "wide")).toBe("+0 ~1 -0 =1");
        await give("group_id, item_id", "1, 'a'", "4, 'b'");
        expect(await merge({ kind: "entities", entities: [["b"]] }, "wide")).toBe("+0 ~1 -0 =0");
        await give("group_id, item_id", "1, 'a'", "5, null");
        await expect(merge(all, "wide")).rejects.toMatchObject({
            message: 'The SELECT gives null for "item_id", which must not be null.',
        });
        await database.connected.query("truncate marts.wide");
    });

    it("empties a table when the SELECT gives nothing any more", async () => {
        await give("group_id, item_id", "1, 'a'", "2, 'a'");
        await merge(all);
        await give("group_id, item_id");
        expect(await merge(all)).toBe("+0 ~0 -2 =0");
    });

    it("recomputes the given entities and looks at no others", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'b', 'two'", "2, 'a', 'three'", "3, 'a', 'four'");
        await merge(all);
        const before = await places();
        await give("group_id, item_id, name", "1, 'a', 'ONE'", "1, 'c', 'new'", "2, 'a', 'THREE'", "4, 'a', 'new'");
        expect(await merge(entities("1", "4"))).toBe("+2 ~1 -1 =0");
        expect(
            await rowsOf(database.connected, "select group_id, item_id, name from warehouse.item order by 1, 2"),
        ).toEqual([
            ["1", "a", "ONE"],
            ["1", "c", "new"],
            ["2", "a", "three"],
            ["3", "a", "four"],
            ["4", "a", "new"],
        ]);
        const after = await places();
        expect([after.get("2a"), after.get("3a")]).toEqual([before.get("2a"), before.get("3a")]);
    });

    it("moves a row from one entity to another, keeping its key", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'", "2, 'b', 'two'");
        await merge(all, "movable");
        await give("group_id, item_id, name", "2, 'a', 'one'", "2, 'b', 'two'");
        expect(await merge(entities("1", "2"), "movable")).toBe("+0 ~1 -0 =1");
        expect(await rowsOf(database.connected, "select item_id, group_id from marts.movable order by 1")).toEqual([
            ["a", "2"],
            ["b", "2"],
        ]);
    });

    describe("tells values apart:", () => {
        const cases: [column: string, before: string, after: string, expected: string][] = [
            ["name", "null", "null", "+0 ~0 -0 =1"],
            ["name", "null", "''", "+0 ~1 -0 =0"],
            ["name", "'a'", "null", "+0 ~1 -0 =0"],
            ["name", "'a'", "'A'", "+0 ~1 -0 =0"],
            ["name", "'a'", "'a '", "+0 ~1 -0 =0"],
            ["name", "U&'\\00e9'", "U&'e\\0301'", "+0 ~1 -0 =0"],
            ["price", "'1.0'", "'1.0'", "+0 ~0 -0 =1"],
            ["price", "'1.0'", "'1.00'", "+0 ~1 -0 =0"],
            ["price", "'NaN'", "'NaN'", "+0 ~0 -0 =1"],
            ["price", "'Infinity'", "'Infinity'", "+0 ~0 -0 =1"],
            ["price", "'NaN'", "null", "+0 ~1 -0 =0"],
            ["score", "'NaN'", "'NaN'", "+0 ~0 -0 =1"],
            ["score", "'-Infinity'", "'Infinity'", "+0 ~1 -0 =0"],
            ["score", "0.1", "0.1", "+0 ~0 -0 =1"],
            ["score", "0.1", "0.10000000000000002", "+0 ~1 -0 =0"],
            ["payload", `'{"a": 1}'`, `'{"a": 1}'`, "+0 ~0 -0 =1"],
            ["payload", `'{"a": 1}'`, `'{"a": 2}'`, "+0 ~1 -0 =0"],
            ["payload", "null", "'null'", "+0 ~1 -0 =0"],
            ["day", "'infinity'", "'infinity'", "+0 ~0 -0 =1"],
            ["day", "'2025-01-01'", "'infinity'", "+0 ~1 -0 =0"],
        ];

        it.each(cases)("%s %s → %s", async (column, before, after, expected) => {
            await give(`group_id, item_id, ${column}`, `1, 'a', ${before}`);
            await merge(all);
            await give(`group_id, item_id, ${column}`, `1, 'a', ${after}`);
            expect(await merge(all)).toBe(expected);
            const [row] = await rowsOf(
                database.connected,
                `select item.${column}::text is not distinct from input.${column === "price" ? "price" : `${column}::text`}
                from warehouse.item, public.input`,
            );
            expect(row).toEqual(["t"]);
        });
    });

    it("keeps a large value that is stored out of line, and sees when it changes", async () => {
        // Not compressible to less than a page.
        const large = "(select string_agg(md5(number::text), '') from generate_series(1, 1000) as number)";
        await give("group_id, item_id, name", `1, 'a', ${large}`);
        await merge(all);
        await give("group_id, item_id, name", `1, 'a', ${large}`);
        expect(await merge(all)).toBe("+0 ~0 -0 =1");
        await give("group_id, item_id, name", `1, 'a', ${large} || 'x'`);
        expect(await merge(all)).toBe("+0 ~1 -0 =0");
    });

    describe("refuses, leaving everything as it was,", () => {
        const keyHint = { code: "failed", hint: "Make it give one row per group and item." };

        async function giveAndMerge(): Promise<void> {
            await give("group_id, item_id, name", "1, 'a', 'one'", "2, 'a', 'two'");
            await merge(all);
        }

        async function expectUntouched(): Promise<void> {
            expect(
                await rowsOf(database.connected, "select group_id, item_id, name from warehouse.item order by 1, 2"),
            ).toEqual([
                ["1", "a", "one"],
                ["2", "a", "two"],
            ]);
        }

        it("a key twice in the first load", async () => {
            await give("group_id, item_id", "1, 'a'", "1, 'a'");
            await expect(merge(all)).rejects.toMatchObject({
                ...keyHint,
                message: "The SELECT gives several rows for the key (group_id, item_id) = (1, a).",
            });
            expect(await rowsOf(database.connected, "select from warehouse.item")).toEqual([]);
        });

        it("a key twice among new rows", async () => {
            await giveAndMerge();
            await give("group_id, item_id, name", "1, 'a', 'one'", "2, 'a', 'two'", "3, 'a', 'x'", "3, 'a', 'y'");
            await expect(merge(all)).rejects.toMatchObject({
                ...keyHint,
                message: "The SELECT gives several rows for the key (group_id, item_id) = (3, a).",
            });
            await expectUntouched();
        });

        it("a key twice in rows that equal the existing one", async () => {
            await giveAndMerge();
            await give("group_id, item_id, name", "1, 'a', 'one'", "2, 'a', 'two'", "2, 'a', 'two'");
            await expect(merge(all)).rejects.toMatchObject({
                ...keyHint,
                message: "The SELECT gives 2 rows for the primary key (group_id, item_id) = (2, a).",
            });
            await expectUntouched();
        });

        it("a key twice where one row equals the existing one and the other does not", async () => {
            await giveAndMerge();
            await give("group_id, item_id, name", "2, 'a', 'two'", "2, 'a', 'x'", "2, 'a', 'y'");
            await expect(merge(entities("2"))).rejects.toMatchObject({
                ...keyHint,
                message: "The SELECT gives 3 rows for the primary key (group_id, item_id) = (2, a).",
            });
            await expectUntouched();
        });

        it("a key twice while as many rows are gone as there are too many", async () => {
            await giveAndMerge();
            await give("group_id, item_id, name", "1, 'a', 'one'", "1, 'a', 'one'");
            await expect(merge(all)).rejects.toMatchObject({
                ...keyHint,
                message: "The SELECT gives 2 rows for the primary key (group_id, item_id) = (1, a).",
            });
            await expectUntouched();
        });

        it("a null in the key", async () => {
            await giveAndMerge();
            await give("group_id, item_id, name", "1, 'a', 'one'", "1, null, 'x'");
            await expect(merge(all)).rejects.toMatchObject({
                code: "failed",
                message: 'The SELECT gives null for "item_id", which must not be null.',
                hint: "Failing row contains (1, null, x, null, null, null, null).",
            });
            await expectUntouched();
        });

        it("a null where the contract allows none, in the first load and later", async () => {
            await give("group_id, item_id, name", "1, 'a', null");
            await expect(merge(all, "movable")).rejects.toMatchObject({
                message: 'The SELECT gives null for "name", which must not be null.',
                hint: "Failing row contains (a, 1, null).",
            });
            await give("group_id, item_id, name", "1, 'a', 'one'");
            await merge(all, "movable");
            await give("group_id, item_id, name", "1, 'a', null");
            await expect(merge(entities("1"), "movable")).rejects.toMatchObject({
                message: 'The SELECT gives null for "name", which must not be null.',
            });
        });

        it("a SELECT that fails on one row", async () => {
            await giveAndMerge();
            await give(
                "group_id, item_id, name, price",
                "1, 'a', 'ONE', '1'",
                "2, 'a', 'TWO', 'much'",
                "3, 'a', '', '1'",
            );
            await expect(merge(all)).rejects.toMatchObject({
                message: 'invalid input syntax for type numeric: "much"',
                sqlState: "22P02",
            });
            await expectUntouched();
            // Entities whose rows do not include that row can be rebuilt.
            expect(await merge(entities("1", "3"))).toBe("+1 ~1 -0 =0");
        });
    });

    it("merges one model after another in one transaction", async () => {
        await give("group_id, item_id, name", "1, 'a', 'one'");
        await merge(all);
        await merge(all, "movable");
        await give("group_id, item_id, name", "1, 'a', 'ONE'", "1, 'b', 'two'");
        const [one, two] = [targets.get("item"), targets.get("movable")];
        if (one === undefined || two === undefined) {
            throw new Error("no targets");
        }
        const counts = await database.connected.withTransaction(async (connection) => [
            await mergeModel(connection, one, all),
            await mergeModel(connection, two, all),
            await mergeModel(connection, one, all),
        ]);
        expect(counts.map(({ inserted, updated, unchanged }) => [inserted, updated, unchanged])).toEqual([
            [1, 1, 0],
            [1, 1, 0],
            [0, 0, 2],
        ]);
    });
}
