import { execFileSync } from "node:child_process";
import { packageFolder } from "../src/config/package-folder.js";
import { formatMs, formatRatio, interleave, median, printTable } from "./measure.js";

/** What loading React and Ink takes: from the one file of the build, and as their own modules. */
export async function benchLoad(rounds: number): Promise<void> {
    const results = await interleave(rounds, {
        bundled: () => Promise.resolve(measureImport("./dist/src/tui/ink.js")),
        modules: () => Promise.resolve(measureImport("ink")),
    });
    printTable(
        `Loading React and Ink (median of ${rounds})`,
        ["", "time", "to their modules"],
        [
            ["as their own modules", formatMs(median(results.modules)), "1"],
            [
                "as the build bundles them",
                formatMs(median(results.bundled)),
                formatRatio(
                    median(results.bundled.map((duration, round) => duration / (results.modules[round] ?? NaN))),
                ),
            ],
        ],
    );
}

/** In a new process, without its start. */
function measureImport(specifier: string): number {
    const script = `
        const started = performance.now();
        await import(${JSON.stringify(specifier)});
        process.stdout.write(String(performance.now() - started));
    `;
    const output = execFileSync(process.execPath, ["--input-type=module", "--eval", script], {
        cwd: packageFolder,
        encoding: "utf8",
        env: { ...process.env, NODE_ENV: "production" },
    });
    return Number(output);
}
