import { loadDeck, shippedDeckFolder } from "../src/deck/load-deck.js";
import { openTerminal } from "../tests/stories/open-terminal.js";
import type { StoryTerminal } from "../tests/stories/story-terminal.js";
import type { BenchOptions } from "./arguments.js";
import { inNewFolder } from "./in-new-folder.js";
import { formatMs, median, printProgress, printTable } from "./measure.js";
import { measureFirstFrame, measureUntilFrame, percentile } from "./terminal-measures.js";

interface Size {
    readonly columns: number;
    readonly rows: number;
}

const sizes: readonly Size[] = [
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 200, rows: 60 },
];
/** How many times to walk forward and back, enough for meaningful percentiles. */
const walks = 10;

type Screen = readonly string[];

/** The demo in a pseudo-terminal: the time to its first slide, and to a slide that was shown before. */
export function benchDemo({ rounds }: BenchOptions): Promise<void> {
    return inNewFolder("demo", async (folder) => {
        const { slides } = await loadDeck(shippedDeckFolder);
        const starts: string[][] = [];
        const changes: string[][] = [];
        for (const size of sizes) {
            starts.push([formatSize(size), ...(await measureStarts(folder, size, slides.length, rounds))]);
            changes.push([formatSize(size), ...(await measureChanges(folder, size, slides.length))]);
        }
        printTable(`Starting the demo (median of ${rounds})`, ["", "first slide", "with what is read"], starts);
        printTable("Key to slide, once visited", ["", "median", "p99", "most"], changes);
    });
}

async function measureStarts(folder: string, size: Size, count: number, rounds: number): Promise<readonly string[]> {
    const first: number[] = [];
    const whole: number[] = [];
    // The first start is the cold one.
    for (let round = 0; round <= rounds; round += 1) {
        await withDemo(folder, size, async (terminal) => {
            const firstMs = await measureFirstFrame(terminal);
            const wholeMs = await measureUntilFrame(terminal, 0, isWhole(1, count));
            printProgress(`first slide ${formatMs(firstMs)}, with what is read ${formatMs(wholeMs)}`);
            if (round > 0) {
                first.push(firstMs);
                whole.push(wholeMs);
            }
        });
    }
    return [first, whole].map((durations) => formatMs(median(durations)));
}

async function measureChanges(folder: string, size: Size, count: number): Promise<readonly string[]> {
    const durations: number[] = [];
    await withDemo(folder, size, async (terminal) => {
        await terminal.waitFor(isWhole(1, count));
        for (let number = 2; number <= count; number += 1) {
            terminal.press("right");
            await terminal.waitFor(isWhole(number, count));
        }
        for (let walk = 0; walk < walks; walk += 1) {
            for (let number = count - 1; number >= 1; number -= 1) {
                durations.push(await measureChange(terminal, "left", isWhole(number, count)));
            }
            for (let number = 2; number <= count; number += 1) {
                durations.push(await measureChange(terminal, "right", isWhole(number, count)));
            }
        }
    });
    return [50, 99, 100].map((share) => formatMs(percentile(durations, share)));
}

function measureChange(terminal: StoryTerminal, key: string, isThere: (screen: Screen) => boolean): Promise<number> {
    const start = terminal.events().length;
    terminal.press(key);
    return measureUntilFrame(terminal, start, isThere);
}

/** Whether the slide with this number is shown completely. */
function isWhole(number: number, count: number): (screen: Screen) => boolean {
    return (screen) =>
        screen.some((row) => row.endsWith(` ${number}/${count}`)) && !screen.some((row) => /Reading .*…/.test(row));
}

/** Starts the demo in a terminal for `use`, then ends it so that it removes its temporary files. */
async function withDemo(
    workingFolder: string,
    size: Size,
    use: (terminal: StoryTerminal) => Promise<void>,
): Promise<void> {
    const terminal = await openTerminal({ ...size, workingFolder, arguments: ["demo"], timeoutMs: 60_000 });
    try {
        await use(terminal);
        terminal.signal("SIGTERM");
        await terminal.exit();
    } finally {
        await terminal.close();
    }
}

function formatSize({ columns, rows }: Size): string {
    return `${columns} × ${rows}`;
}
