import { beforeAll, describe, expect, it } from "vitest";
import { compileDataTest, isPerEntity, judgeFailures } from "../../src/warehouse/data-tests.js";
import type { DataTestDefinition } from "../../src/project/definitions.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const member = { schema: "warehouse", name: "dim_member" };

function compile(test: DataTestDefinition) {
    return compileDataTest(test, member, (name) => ({ schema: "warehouse", name }));
}

describe("compileDataTest", () => {
    it("names a test after model, kind and columns, or by the name it was given", () => {
        const named = (test: DataTestDefinition): unknown => {
            const { name, columns } = compile(test);
            return [name, columns];
        };
        expect(named({ kind: "unique", columns: ["member_id", "valid_from"] })).toEqual([
            "dim_member.unique.member_id.valid_from",
            ["member_id", "valid_from"],
        ]);
        expect(named({ kind: "not_null", column: "member_id" })).toEqual([
            "dim_member.not_null.member_id",
            ["member_id"],
        ]);
        expect(named({ kind: "scd2", naturalKey: "member_id" })).toEqual(["dim_member.scd2.member_id", ["member_id"]]);
        expect(named({ kind: "expression", name: "is_right", expression: "true" })).toEqual([
            "dim_member.is_right",
            [],
        ]);
        expect(named({ kind: "singular", name: "is_odd", select: "select 1" })).toEqual(["dim_member.is_odd", []]);
        expect(named({ kind: "not_null", column: "name", where: "true", name: "is_named" })).toEqual([
            "dim_member.is_named",
            ["name"],
        ]);
    });

    it("shows the SQL of a test", () => {
        expect(compile({ kind: "not_null", column: "name" }).failingRowsSql).toBe(
            'select * from "warehouse"."dim_member" where "name" is null',
        );
    });
});

describe("judgeFailures", () => {
    it.each([
        [{}, "passed warned warned"],
        [{ severity: "error" }, "passed failed failed"],
        [{ severity: "error", maxFailures: 1 }, "passed passed failed"],
        [{ severity: "error", errorIf: ">10" }, "passed warned failed"],
        [{ severity: "error", errorIf: ">10", warnIf: "> 1" }, "passed passed failed"],
        [{ warnIf: ">10", errorIf: "> 0" }, "passed passed warned"],
        [{ known: "The shop takes it." }, "passed known known"],
        [{ severity: "error", errorIf: ">10", known: "The shop takes it." }, "passed known failed"],
    ] as const)("%j with 0, 1 and 11 rows: %s", (given, expected) => {
        const test = { severity: "warn", maxFailures: 0, warnIf: null, errorIf: null, known: null, ...given } as const;
        expect([0, 1, 11].map((count) => judgeFailures(test, count)).join(" ")).toBe(expected);
    });
});

describe("isPerEntity", () => {
    it.each<[DataTestDefinition, boolean]>([
        [{ kind: "not_null", column: "name" }, true],
        [{ kind: "accepted_values", column: "name", values: [] }, true],
        [{ kind: "not_null", column: "name", where: "member_id > 1" }, true],
        [{ kind: "not_null", column: "name", where: "member_id in (select 1)" }, false],
        [{ kind: "expression", name: "any", expression: "true" }, true],
        [{ kind: "unique", columns: ["member_id", "valid_from"] }, true],
        [{ kind: "scd2", naturalKey: "member_id" }, true],
        [{ kind: "singular", name: "any", select: "select 1" }, false],
        [{ kind: "singular", name: "any", select: "select 1", perEntity: true }, true],
    ])("%j: %s", (test, expected) => {
        expect(isPerEntity(test)).toBe(expected);
    });
});

describeOnBothDatabases("the SQL of data tests", (database) => {
    beforeAll(async () => {
        await database.connected.query("create schema warehouse");
        await database.connected.query(
            `create table warehouse.dim_member (
                row_id int, member_id int, name text, score float8, "Group" int,
                valid_from timestamp, valid_to timestamp, is_current boolean
            )`,
        );
        await database.connected.query("create table warehouse.dim_group (group_id int)");
        await database.connected.query("insert into warehouse.dim_group values (1), (2), (2), (null)");
    });

    /** Runs a test over rows that give only the columns it looks at; gives the numbers of the failing rows. */
    async function failing(
        test: DataTestDefinition,
        columns: string,
        ...values: readonly string[]
    ): Promise<readonly unknown[]> {
        await database.connected.query("truncate warehouse.dim_member");
        if (values.length > 0) {
            const rows = values.map((value, index) => `(${index + 1}, ${value})`).join(", ");
            await database.connected.query(`insert into warehouse.dim_member (row_id, ${columns}) values ${rows}`);
        }
        const { failingRowsSql } = compile(test);
        const { rows } = await database.connected.query<{ row_id: number }>(
            `select row_id from (${failingRowsSql}) as failing_row order by 1`,
        );
        return rows.map((row) => row.row_id);
    }

    it("unique gives each repeated value with its number of rows; nulls do not repeat", async () => {
        await failing({ kind: "not_null", column: "name" }, "member_id, name", "1, 'a'", "1, 'a'", "1, 'b'", "2, 'a'");
        await database.connected.query("insert into warehouse.dim_member (member_id) values (3), (3), (null), (null)");
        const { rows } = await database.connected.query(
            compile({ kind: "unique", columns: ["member_id", "name"] }).failingRowsSql,
        );
        expect(rows).toEqual([{ member_id: 1, name: "a", row_count: "2" }]);
        const single = await database.connected.query(
            `${compile({ kind: "unique", columns: ["member_id"] }).failingRowsSql} order by 1`,
        );
        expect(single.rows).toEqual([
            { member_id: 1, row_count: "3" },
            { member_id: 3, row_count: "2" },
        ]);
    });

    it.each<[DataTestDefinition, readonly number[]]>([
        [{ kind: "not_null", column: "name" }, [3]],
        [{ kind: "accepted_values", column: "name", values: ["b"] }, [1]],
        [{ kind: "relationships", column: "Group", to: "dim_group", toColumn: "group_id" }, [3]],
        [{ kind: "expression", name: "any", expression: "false" }, [1, 3]],
        [{ kind: "scd2", naturalKey: "member_id" }, [1, 3]],
        [{ kind: "singular", name: "any", select: "select * from warehouse.dim_member;" }, [1, 3]],
    ])("%j asks the rows of its condition alone", async (test, expected) => {
        const rows = ["1, 'a', 1", "2, 'a', 7", "3, null, 7"];
        const where = "member_id <> 2 -- in SQL";
        expect(await failing({ ...test, where }, 'member_id, name, "Group"', ...rows)).toEqual(expected);
    });

    it("not_null gives the rows without a value; empty text and NaN are values", async () => {
        expect(await failing({ kind: "not_null", column: "name" }, "name", "null", "''", "'a'", "null")).toEqual([
            1, 4,
        ]);
        expect(await failing({ kind: "not_null", column: "score" }, "score", "'NaN'", "null")).toEqual([2]);
    });

    it("accepted_values gives the rows with another value; null is not one", async () => {
        const test: DataTestDefinition = { kind: "accepted_values", column: "name", values: ["it's", "b\\c"] };
        expect(await failing(test, "name", "'it''s'", "'b\\c'", "'B\\C'", "null", "''")).toEqual([3, 5]);
        const numbers: DataTestDefinition = { kind: "accepted_values", column: "Group", values: ["1", "2"] };
        expect(await failing(numbers, '"Group"', "1", "2", "3")).toEqual([3]);
    });

    it("relationships gives the rows whose parent does not exist; null refers to nothing", async () => {
        const test: DataTestDefinition = {
            kind: "relationships",
            column: "Group",
            to: "dim_group",
            toColumn: "group_id",
        };
        expect(await failing(test, '"Group"', "1", "2", "3", "null", "3")).toEqual([3, 5]);
    });

    it("expression gives the rows for which it is false; unknown is not false", async () => {
        const test: DataTestDefinition = {
            kind: "expression",
            name: "positive",
            expression: "score > 0 or name = '?'",
        };
        expect(await failing(test, "score, name", "1, 'a'", "0, 'a'", "null, null", "-1, '?'", "'NaN', 'a'")).toEqual([
            2,
        ]);
    });

    it("singular gives what its SELECT gives", async () => {
        const test: DataTestDefinition = {
            kind: "singular",
            name: "any",
            select: "select row_id from warehouse.dim_member where score = 2",
        };
        expect(await failing(test, "score", "1", "2", "2")).toEqual([2, 3]);
    });

    describe("scd2", () => {
        const test: DataTestDefinition = { kind: "scd2", naturalKey: "member_id" };
        const columns = "member_id, valid_from, valid_to, is_current";
        const end = "'9999-12-31'";

        it("passes versions that meet, the last of them current, for any number of members", async () => {
            expect(
                await failing(
                    test,
                    columns,
                    "1, '1900-01-01', '2025-01-01', false",
                    "1, '2025-01-01', '2025-02-01', false",
                    `1, '2025-02-01', ${end}, true`,
                    `2, '1900-01-01', ${end}, true`,
                    `null, '1900-01-01', ${end}, true`,
                ),
            ).toEqual([]);
        });

        it("passes an empty table", async () => {
            expect(await failing(test, columns)).toEqual([]);
        });

        it("finds the version before a gap", async () => {
            expect(
                await failing(test, columns, "1, '1900-01-01', '2024-12-31', false", `1, '2025-01-01', ${end}, true`),
            ).toEqual([1]);
        });

        it("finds the version that overlaps the next", async () => {
            expect(
                await failing(test, columns, "1, '1900-01-01', '2025-01-02', false", `1, '2025-01-01', ${end}, true`),
            ).toEqual([1]);
        });

        it("finds all versions of a member with two current ones, and of no other", async () => {
            expect(
                await failing(
                    test,
                    columns,
                    "1, '1900-01-01', '2025-01-01', true",
                    `1, '2025-01-01', ${end}, true`,
                    `2, '1900-01-01', ${end}, true`,
                ),
            ).toEqual([1, 2]);
        });

        it("finds a member without a current version", async () => {
            expect(
                await failing(test, columns, "1, '1900-01-01', '2025-01-01', false", `1, '2025-01-01', ${end}, false`),
            ).toEqual([1, 2]);
            expect(await failing(test, columns, `1, '1900-01-01', ${end}, null`)).toEqual([1]);
        });

        it("finds a version that is current and not the last", async () => {
            expect(
                await failing(test, columns, "1, '1900-01-01', '2025-01-01', true", `1, '2025-01-01', ${end}, false`),
            ).toEqual([1, 2]);
        });

        it("finds versions that hold for no time", async () => {
            expect(
                await failing(
                    test,
                    columns,
                    "1, '1900-01-01', '2025-01-01', false",
                    "1, '2025-01-01', '2025-01-01', false",
                    `1, '2025-01-01', ${end}, true`,
                    `2, ${end}, '1900-01-01', true`,
                ),
            ).toEqual([2, 4]);
        });

        it("finds the same version twice", async () => {
            expect(
                await failing(test, columns, `1, '1900-01-01', ${end}, true`, `1, '1900-01-01', ${end}, true`),
            ).toEqual([1, 2]);
        });
    });
});
