import { expect, it } from "vitest";
import { describeOnBothDatabases } from "../setup/databases.js";
import { parseJsonLines, runStardeck } from "./run-stardeck.js";

describeOnBothDatabases("commands that build", { template: "seeded" }, (database) => {
    it("prints the plan of a build without building", async () => {
        const { exitCode, stdout } = await runStardeck(database, ["build", "--dry-run", "--select", "fct_orders"]);
        expect(exitCode).toBe(0);
        expect(stdout).toBe(
            [
                "model       scope     reason",
                "──────────  ────────  ───────────",
                "fct_orders  all rows  never built",
                "",
            ].join("\n"),
        );
        const { rows } = await database.connected.query("select from ops.run");
        expect(rows).toEqual([]);
    });

    it("builds, and logs models and data tests on stderr alone", async () => {
        const { exitCode, stdout, stderr } = await runStardeck(database, ["build"]);
        expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
        expect(stderr).toMatch(/^Run 1: \d+ models, \d threads?/);
        expect(stderr).toMatch(/^✓ fct_orders +\+[\d,]+ ~0 -0 =0 +\d+ data tests? +[\d.]+ s +\d+\/\d+$/m);
        expect(stderr).toMatch(/^ {4}! \w+\.\w+: [\d,]+ failing rows? \(warning\)$/m);
        expect(stderr).toContain("More: stardeck history 1");
        expect(stderr).not.toContain("\u001b");
    });

    it("gives a build's events as JSON lines", async () => {
        const { stdout, stderr } = await runStardeck(database, ["build", "--json", "--select", "layer:marts"]);
        const events = parseJsonLines(stdout);
        expect(events[0]).toMatchObject({ type: "run-started" });
        expect(events.at(-1)).toMatchObject({ type: "run-finished", summary: { status: "ok" } });
        expect(stderr).toBe("");
    });

    it("fails with exit code 1 when a model or data test fails, skips what depends on it, and retries", async () => {
        await database.connected.query(
            `update ops.data_test
            set failing_rows_sql = 'select * from warehouse.fct_orders limit 3'
            where test_name = (select min(test_name) from ops.data_test where model_name = 'fct_orders' and kind = 'relationships')`,
        );
        const failed = await runStardeck(database, ["build", "--full-refresh", "--select", "fct_orders+"]);
        expect(failed.exitCode).toBe(1);
        expect(failed.stderr).toMatch(/^✗ fct_orders /m);
        expect(failed.stderr).toMatch(/✗ fct_orders\.relationships\.\w+: 3 failing rows/);
        expect(failed.stderr).toMatch(/^↷ mart_weekly_fulfilment /m);
        expect(failed.stderr).toContain("take up what failed: stardeck retry");

        await database.connected.query(
            "update ops.data_test set failing_rows_sql = 'table warehouse.fct_orders limit 0' where failing_rows_sql like '%limit 3'",
        );
        const retried = await runStardeck(database, ["retry"]);
        expect(retried.exitCode).toBe(0);
        expect(retried.stderr).toMatch(/Models: 4 ok\./);
        expect((await runStardeck(database, ["retry"])).stderr).toContain("Nothing to retry");
    });

    it("runs data tests alone, and models alone", async () => {
        const tested = await runStardeck(database, ["test", "--select", "dim_date"]);
        expect(tested.exitCode).toBe(0);
        expect(tested.stderr).toMatch(/Data tests: [1-9]\d* passed\. Rows: \+0 ~0 -0 =0\./);
        const run = await runStardeck(database, ["run", "--full-refresh", "--select", "dim_date"]);
        expect(run.exitCode).toBe(0);
        expect(run.stderr).toMatch(/Data tests: none\. Rows: \+0 ~0 -0 =5,\d+\./);
    });

    it("lands the next day and builds it", async () => {
        const seeded = await runStardeck(database, ["seed", "--json"]);
        expect(parseJsonLines(seeded.stdout)).toMatchObject([{ type: "seeded-day", day: "2025-03-03" }]);
        const built = await runStardeck(database, ["build"]);
        expect(built.exitCode).toBe(0);
        expect(built.stderr).toMatch(/… fct_orders +(all rows|[\d,]+ affected entit)/);
    });
});
