import type { StoryTerminal } from "../tests/stories/story-terminal.js";
import type { BenchOptions } from "./arguments.js";
import { benchLoad } from "./interface-load.js";
import {
    bigRelation,
    withEmbeddedPlace,
    withInterface,
    withServerPlace,
    type InterfacePlace,
} from "./interface-place.js";
import { formatCount, formatMs, formatRatio, median, printProgress, printTable } from "./measure.js";
import { runStardeck } from "./program.js";
import type { BenchServer } from "./server.js";
import {
    measureFirstFrame,
    measureKey,
    measureUntil,
    measureUntilShown,
    percentile,
    readUsage,
} from "./terminal-measures.js";

const size = { columns: 120, rows: 40 };
const scrolledRows = 100_000;
const keyPresses = 500;

/** The interface in a pseudo-terminal: the time to start, the time to answer a key, and the cost of scrolling and drawing. */
export async function benchInterface(server: BenchServer, options: BenchOptions): Promise<void> {
    if (options.parts.length === 0 || options.parts.includes("load")) {
        await benchLoad(options.rounds);
    }
    const modelCount = options.modelCount;
    await withServerPlace(server, { rowCount: options.rowCount, modelCount }, (place) => benchPlace(place, options));
    await withEmbeddedPlace({ rowCount: options.embeddedRowCount, modelCount: 0 }, (place) =>
        benchPlace(place, options),
    );
}

async function benchPlace(place: InterfacePlace, { rounds, parts }: BenchOptions): Promise<void> {
    const all: Readonly<Record<string, () => Promise<void>>> = {
        start: () => benchStart(place, rounds),
        grid: () => benchGrid(place),
        memory: () => benchMemory(place),
        build: () => (place.modelCount > 0 ? benchBuild(place) : Promise.resolve()),
    };
    for (const [part, bench] of Object.entries(all)) {
        if (parts.length === 0 || parts.includes(part)) {
            await bench();
        }
    }
}

async function benchStart(place: InterfacePlace, rounds: number): Promise<void> {
    const firstFrames: number[] = [];
    const answers: number[] = [];
    const homes: number[] = [];
    const figures: number[] = [];
    // The first start is the cold one.
    for (let round = 0; round <= rounds; round += 1) {
        await withInterface(place, size, async (terminal) => {
            const firstFrame = await measureFirstFrame(terminal);
            const home = await measureUntilShown(terminal, "How much discount");
            const withFigures = await measureUntilShown(terminal, "discount_amount");
            printProgress(
                `first frame ${formatMs(firstFrame)}, Home ${formatMs(home)}, figures ${formatMs(withFigures)}`,
            );
            if (round > 0) {
                firstFrames.push(firstFrame);
                homes.push(home);
                figures.push(withFigures);
            }
        });
        await withInterface(place, size, async (terminal) => {
            await measureFirstFrame(terminal);
            terminal.press("?");
            const answer = await measureUntilShown(terminal, "Keys of Home");
            printProgress(`a key answered ${formatMs(answer)}`);
            if (round > 0) {
                answers.push(answer);
            }
        });
    }
    printTable(
        `Starting on the ${place.kind} (median of ${rounds})`,
        ["", "time"],
        [
            ["first frame", formatMs(median(firstFrames))],
            ["a key answered", formatMs(median(answers))],
            ["Home with the marts' questions", formatMs(median(homes))],
            ["Home with their figures", formatMs(median(figures))],
        ],
    );
}

async function benchGrid(place: InterfacePlace): Promise<void> {
    await withInterface(place, size, async (terminal) => {
        await openBigRelation(terminal);
        const rows: string[][] = [];
        for (const [what, key, count] of [
            ["down", "down", keyPresses],
            ["page down", "page-down", keyPresses],
            ["up", "up", keyPresses],
        ] as const) {
            const durations: number[] = [];
            for (let press = 0; press < count; press += 1) {
                durations.push(await measureKey(terminal, key));
            }
            rows.push([what, ...[50, 99, 100].map((share) => formatMs(percentile(durations, share)))]);
        }
        printTable(
            `Key to changed frame on ${formatCount(place.rowCount)} rows, ${place.kind}`,
            ["key", "median", "p99", "most"],
            rows,
        );

        const lastRow = new RegExp(`\\b${place.rowCount.toLocaleString("en")}\\b|\\b${place.rowCount}\\b`);
        const jumps: number[] = [];
        for (let round = 0; round < 5; round += 1) {
            jumps.push(await measureUntil(terminal, "G", (screen) => screen.slice(4).some((row) => lastRow.test(row))));
            await measureUntil(terminal, "g", (screen) => !screen.slice(4).some((row) => lastRow.test(row)));
        }
        printTable(
            "Jump to the end",
            ["", "median", "most"],
            [["G to the last rows", formatMs(median(jumps)), formatMs(Math.max(...jumps))]],
        );
    });
}

async function benchMemory(place: InterfacePlace): Promise<void> {
    await withInterface(place, size, async (terminal) => {
        await openBigRelation(terminal);
        const pageRows = size.rows - 8;
        const samples: string[][] = [];
        for (let page = 0; page * pageRows <= scrolledRows; page += 1) {
            if (page % Math.floor(scrolledRows / pageRows / 5) === 0) {
                const { memoryMiB } = readUsage(terminal.pid());
                samples.push([formatCount(page * pageRows), `${memoryMiB.toFixed(0)} MiB`]);
            }
            await measureKey(terminal, "page-down");
        }
        printTable(`Memory while scrolling, ${place.kind}`, ["rows scrolled, about", "resident"], samples);
    });
}

/** A full refresh of all models: the interface's extra processor time over plain builds before and after it, as a share of one core. */
async function benchBuild(place: InterfacePlace): Promise<void> {
    const { workingFolder, flags } = place;
    const build = ["build", "--full-refresh", ...flags];
    await runStardeck(build, { workingFolder });
    const start = await runStardeck(["query", "select 1", ...flags], { workingFolder });
    const before = await runStardeck(build, { workingFolder });
    const watched = await withInterface(place, size, async (terminal) => {
        await openFullRefresh(terminal);
        const { cpuMs } = readUsage(terminal.pid());
        const durationMs = await measureUntil(terminal, "enter", (screen) =>
            screen.some((row) => /Run \d+ (is done|has failed|failed)/.test(row)),
        );
        return { durationMs, cpuMs: readUsage(terminal.pid()).cpuMs - cpuMs };
    });
    const after = await runStardeck(build, { workingFolder });
    // Leave out the start, because the interface is measured after it has started.
    const plainMs = median([before, after].map(({ cpuMs }) => (cpuMs ?? NaN) - (start.cpuMs ?? NaN)));
    printTable(
        `A full refresh of ${formatCount(place.modelCount)} models`,
        ["", "time", "processor"],
        [
            ["plain", formatMs(median([before.durationMs, after.durationMs])), formatMs(plainMs)],
            ["watched in the interface", formatMs(watched.durationMs), formatMs(watched.cpuMs)],
            ["drawing, of one core", "", formatRatio((watched.cpuMs - plainMs) / watched.durationMs)],
        ],
    );
}

async function openBigRelation(terminal: StoryTerminal): Promise<void> {
    await terminal.waitFor(/^─+$/m);
    terminal.press("5");
    await terminal.waitFor("d relation");
    terminal.press("d");
    await terminal.waitFor("Rows of");
    terminal.type(bigRelation);
    await terminal.waitFor(`staging.${bigRelation}`);
    terminal.press("enter");
    await terminal.waitFor("Customer 1");
}

/** Waits for the plan: before that, Enter starts nothing. */
async function openFullRefresh(terminal: StoryTerminal): Promise<void> {
    await terminal.waitFor("discount_amount");
    terminal.press("3");
    await terminal.waitFor(/Build #\d/);
    terminal.press("b");
    await terminal.waitFor("full refresh of everything");
    terminal.press("F");
    await terminal.waitFor("Full refresh:");
}
