import type { BenchOptions } from "./arguments.js";
import { inNewFolder } from "./in-new-folder.js";
import { formatMs, interleave, median, printProgress, printTable } from "./measure.js";
import { runStardeck } from "./program.js";

/** The phases of the main job as separate commands, each of which also opens and closes the embedded database. */
const phases: readonly (readonly [what: string, args: readonly string[]])[] = [
    ["open, first time", ["query", "select 1"]],
    ["open again", ["query", "select 1"]],
    ["seed", ["seed"]],
    ["migrate", ["migrate"]],
    ["run (build without tests)", ["run"]],
    ["test", ["test"]],
    ["build, nothing new", ["build"]],
    ["show a mart", ["show", "mart_weekly_discounts"]],
];

/** The main job on the embedded database: an empty folder, then once more; and its phases one by one. */
export async function benchStart({ rounds }: BenchOptions): Promise<void> {
    const results = await interleave(rounds, {
        whole: () => inNewFolder("start", (folder) => measureEach(folder, [[], [], []])),
        phases: () =>
            inNewFolder("start", (folder) =>
                measureEach(
                    folder,
                    phases.map(([, args]) => args),
                ),
            ),
    });
    const middle = (durations: readonly (readonly number[])[], index: number): string =>
        formatMs(median(durations.map((round) => round[index] ?? NaN)));
    printTable(
        `The main job on the embedded database (median of ${rounds})`,
        ["", "time"],
        [
            ["stardeck in an empty folder", middle(results.whole, 0)],
            ["stardeck a second time", middle(results.whole, 1)],
            ["stardeck a third time", middle(results.whole, 2)],
        ],
    );
    printTable(
        "Its phases as single commands",
        ["", "time"],
        phases.map(([what], index) => [what, middle(results.phases, index)]),
    );
}

async function measureEach(workingFolder: string, commands: readonly (readonly string[])[]): Promise<number[]> {
    const durations: number[] = [];
    for (const args of commands) {
        const { durationMs } = await runStardeck(args, { workingFolder });
        printProgress(`stardeck ${args.join(" ")}: ${formatMs(durationMs)}`);
        durations.push(durationMs);
    }
    return durations;
}
