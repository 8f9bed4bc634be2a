import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { readGuide } from "../project/read-guide.js";
import { describeOnEmbedded } from "../setup/databases.js";
import { runStardeck } from "./run-stardeck.js";

describeOnEmbedded("the guide to a warehouse of one's own", {}, (test) => {
    it("works to its end, command by command", async () => {
        // The folder that `cd` leads to.
        const folder = join(test.workingFolder, "shop");
        // The database's server goes on running from its first command to the last, which saves a start each.
        let isHeld = false;
        const outputs: Record<string, string> = {};
        for (const step of readGuide().steps) {
            if (step.kind === "file") {
                await mkdir(dirname(join(folder, step.path)), { recursive: true });
                await writeFile(join(folder, step.path), step.text);
                continue;
            }
            const [program, ...args] = step.line.split(" ");
            if (program === "stardeck") {
                const workingFolder = args[0] === "init" ? test.workingFolder : folder;
                const { exitCode, stdout, stderr } = await runStardeck({ workingFolder, flags: [] }, args);
                expect([step.line, exitCode, exitCode === 0 ? "" : stderr]).toEqual([step.line, 0, ""]);
                outputs[step.line] = stdout;
                if (!isHeld && args[0] !== "init") {
                    isHeld = true;
                    const server = await openEmbedded(join(folder, ".stardeck"));
                    onTestFinished(() => server.close());
                }
            }
        }
        expect(outputs["stardeck show mart_weekly_revenue"]).toContain("2025-01-06");
        expect(Object.keys(outputs)).toHaveLength(7);
    });
});
