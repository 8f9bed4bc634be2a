import { describe, expect, it } from "vitest";
import { demoChecksums } from "../seeds/demo-checksums.js";
import { loadLandingChecksums } from "../seeds/landing-checksum.js";
import { describeOnEmbedded } from "../setup/databases.js";
import { parseJsonLines, runStardeck, startStardeck } from "./run-stardeck.js";

describe("without a command", () => {
    describeOnEmbedded("in an empty folder", {}, (database) => {
        it(
            "goes from nothing to printed marts, and a second time does only what is needed",
            { timeout: 240_000 },
            async () => {
                const interrupted = startStardeck(database, []);
                await interrupted.waitForTalk(/Landing the demo webshop/);
                interrupted.kill("SIGINT");
                expect(await interrupted.finished).toMatchObject({
                    exitCode: 130,
                    stdout: "",
                    stderr: expect.stringMatching(/^Landed \d+ days?, through 202/m) as string,
                });

                const first = await runStardeck(database, []);
                expect(first.exitCode).toBe(0);
                const titles = Array.from(first.stdout.matchAll(/^(mart_\w+): /gm), ([, name]) => name);
                expect(titles.sort()).toEqual([
                    "mart_last_session_carts",
                    "mart_weekly_discounts",
                    "mart_weekly_fulfilment",
                ]);
                expect(first.stdout).toMatch(/^week_start {2}order_count/m);
                // Row for row what the tests of the seeds look at on a server.
                expect(await loadLandingChecksums(database.connected, "staging")).toEqual(demoChecksums);
                expect(first.stderr).toMatch(/^Landed \d+ days, .* through 2025-03-02/m);
                expect(first.stderr).toMatch(/Done in .*\. Models: \d+ ok\. Data tests: \d+ passed/);

                const second = await runStardeck(database, []);
                expect(second).toMatchObject({ exitCode: 0, stdout: first.stdout });
                expect(second.stderr).not.toContain("Landed");
                expect(second.stderr).toContain("Rows: +0 ~0 -0 =0.");
            },
        );

        it("prints the marts' rows as JSON lines", async () => {
            const { stdout } = await runStardeck(database, ["--json", "--read-only"]);
            const lines = parseJsonLines(stdout);
            expect(new Set(lines.map((line) => line.type))).toEqual(new Set(["row"]));
            expect(lines.find((line) => line.model === "mart_weekly_discounts")?.row).toMatchObject({
                order_count: expect.any(Number) as number,
            });
        });
    });
});
