import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { aroundAll, describe, expect, inject, it } from "vitest";
import { startPostgresServer } from "../setup/postgres-server.js";
import { fillTemplate } from "../setup/templates.js";
import { parseJsonLines, runStardeck } from "./run-stardeck.js";

describe("a hot standby", () => {
    const place = { workingFolder: "", flags: [] as readonly string[] };
    aroundAll(async (runSuite) => {
        const { server, stop, restartAsStandby } = await startPostgresServer(process.env.STARDECK_TEST_POSTGRES ?? "");
        try {
            place.workingFolder = await mkdtemp(join(inject("runFolder"), "working-"));
            place.flags = ["--database-url", server.url];
            await fillTemplate("built", place);
            await restartAsStandby();
            await runSuite();
        } finally {
            await stop();
        }
    }, 120_000);

    it.each([["build"], ["test"], ["retry"], ["verify"], ["seed", "--days", "1"], ["migrate"], ["--plain"]])(
        "is told before `%s` does anything",
        async (...command) => {
            const { exitCode, stdout, stderr } = await runStardeck(place, command);
            expect([exitCode, stdout]).toEqual([3, ""]);
            expect(stderr).toContain("is a standby server, which can only be read.");
        },
    );

    it.each([
        ["ls"],
        ["show", "fct_orders"],
        ["query", "select count(*) from warehouse.fct_orders"],
        ["history"],
        ["lineage", "fct_orders"],
        ["build", "--dry-run"],
        ["migrate", "--status"],
        ["demo"],
        ["debug", "--read-only"],
    ])("lets `%s` read", async (...command) => {
        const { exitCode, stderr } = await runStardeck(place, command);
        expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
    });

    it("is named by debug, with the way out", async () => {
        const { exitCode, stdout } = await runStardeck(place, ["debug", "--json"]);
        expect(exitCode).toBe(1);
        const writing = parseJsonLines(stdout).find(({ name }) => name === "writing");
        expect(writing?.found).toContain("is a standby server, which can only be read.");
        expect(writing?.hint).toContain("Connect to the primary server");
    });
});
