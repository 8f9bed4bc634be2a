import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { program, runStardeck, type FinishedProcess } from "./run-stardeck.js";

const script = "\ufeff-- my report\r\nselect 1 as one;\r\n-- end\r\n";

/** Runs `stardeck query` in a shell, with what stands in `input` on stdin. */
async function queryWithInput(database: TestDatabase, args: string, input: string | Buffer): Promise<FinishedProcess> {
    const file = join(database.workingFolder, "input.sql");
    await writeFile(file, input);
    const line = `"$0" "$1" query ${args} ${database.flags.join(" ")} --format csv < input.sql`;
    const options = { cwd: database.workingFolder };
    return promisify(execFile)("sh", ["-c", line, process.execPath, program], options).then(
        ({ stdout, stderr }) => ({ exitCode: 0, stdout, stderr }),
        (error: unknown) => {
            const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
            return { exitCode: code, stdout, stderr };
        },
    );
}

describeOnBothDatabases("stardeck query", (database) => {
    it("runs a SQL file as it is, given in quotes, by --file, by - and by stdin alone", async () => {
        await writeFile(join(database.workingFolder, "report.sql"), script);
        const expected = { exitCode: 0, stdout: "one\r\n1\r\n", stderr: "" };
        for (const args of [[script], ["-f", "report.sql"], ["--file=report.sql"], ["--", script]]) {
            expect(
                await runStardeck({ ...database, flags: [] }, ["query", "--format", "csv", ...database.flags, ...args]),
            ).toEqual(expected);
        }
        expect(await queryWithInput(database, "-", script)).toEqual(expected);
        expect(await queryWithInput(database, "", script)).toEqual(expected);
        expect(await queryWithInput(database, "-f -", Buffer.from(script, "utf16le"))).toEqual(expected);
    });

    it("says what is wrong with where the SQL should come from", async () => {
        const query = async (...args: string[]): Promise<readonly [number | null, string]> => {
            const { exitCode, stderr } = await runStardeck(database, ["query", ...args]);
            return [exitCode, stderr.split("\n")[0] ?? ""];
        };
        expect(await query()).toEqual([2, "SQL is missing: there is nothing on stdin."]);
        expect(await query("-f", "none.sql")).toEqual([
            2,
            `${join(database.workingFolder, "none.sql")} does not exist.`,
        ]);
        expect(await query("-f", ".")).toEqual([2, `${database.workingFolder} is a folder.`]);
        expect(await query("-f", "report.sql", "select 1")).toEqual([2, "SQL and --file are both given."]);
        expect(await query("select 1; select 2")).toEqual([
            1,
            "this begins a second statement, and one at a time can be run",
        ]);
        expect(await query("-- nothing")).toEqual([1, "syntax error at end of input"]);
        const binary = await queryWithInput(database, "", Buffer.from([0x73, 0xff, 0x00]));
        expect([binary.exitCode, binary.stderr.split("\n")[0]]).toEqual([2, "stdin holds bytes that are not UTF-8."]);
    });

    it("shows the plan that EXPLAIN gives", async () => {
        const plain = await runStardeck(database, ["query", "explain select 1; -- end", "--format", "csv"]);
        expect(plain).toMatchObject({ exitCode: 0, stderr: "" });
        expect(plain.stdout).toMatch(/^QUERY PLAN\r\nResult .*\r\n$/);
        const wrong = await runStardeck(database, ["query", "/* plan */ explain select nothing"]);
        expect(wrong.exitCode).toBe(1);
        expect(wrong.stderr).toContain("1 │ /* plan */ explain select nothing\n    " + " ".repeat(26) + "^\n");
        const writing = await runStardeck(database, ["query", "explain analyze create table made as select 1"]);
        expect(writing.exitCode).toBe(1);
    });

    it("gives columns of one name the same names in every format", async () => {
        const sql = "select 1 as a, 2 as a, 3 as a_2";
        const [csv, jsonl] = await Promise.all(
            ["csv", "jsonl"].map((format) => runStardeck(database, ["query", sql, "--format", format])),
        );
        expect([csv?.stdout, jsonl?.stdout]).toEqual(["a,a_3,a_2\r\n1,2,3\r\n", '{"a":1,"a_3":2,"a_2":3}\n']);
    });
});
