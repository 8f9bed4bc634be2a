import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../src/config/package-folder.js";
import { formatMs, formatRatio, interleave, median, printTable } from "./measure.js";

/** The time to load the interface, with React and Ink: from the files of the built program, and module by module. */
export async function benchLoad(rounds: number): Promise<void> {
    const program = join(packageFolder, "dist/program");
    const bundle = readdirSync(program).find((name) => /^run-interface-.*\.js$/.test(name)) ?? "";
    const results = await interleave(rounds, {
        bundled: () => Promise.resolve(measureImport(`./dist/program/${bundle}`)),
        modules: () => Promise.resolve(measureImport("./dist/src/tui/run-interface.js")),
    });
    printTable(
        `Loading the interface (median of ${rounds})`,
        ["", "time", "to its modules"],
        [
            ["module by module", formatMs(median(results.modules)), "1"],
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

/** Measures an import in a new process, without the process's start. */
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
