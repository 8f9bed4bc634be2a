import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { unpackArchive } from "../../src/database/embedded/data-archive.js";
import { makeLayout } from "../../src/database/embedded/layout.js";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { demoArchive } from "../../src/demo/demo-archive.js";
import { openTerminal } from "../../tests/stories/open-terminal.js";
import { themeNames, type ThemeName } from "../../src/tui/kit/theme.js";
import type { StoryTerminal } from "../../tests/stories/story-terminal.js";
import type { CellGrid } from "./draw-row.js";
import type { Frame } from "./format-film.js";
import { darkPalette, lightPalette, type Palette } from "./palette.js";
import type { RecordedStep, Scene, Step } from "./scenes.js";

const steppedClock = pathToFileURL(join(import.meta.dirname, "stepped-clock.js")).href;
const tickMs = 100;
/** Several times as long as the program takes to notice its clock. */
const quietMs = 250;

export interface ScreenSize {
    readonly columns: number;
    readonly rows: number;
}

/** The screen that a scene leads to, in each theme. */
export function playScene(scratch: string, scene: Scene, size: ScreenSize): Promise<ReadonlyMap<ThemeName, CellGrid>> {
    return withTerminal(scratch, scene, size, {}, async (terminal) => {
        for (const step of scene.steps) {
            await playStep(terminal, step);
        }
        await untilQuiet(terminal);
        const own = scene.background ?? "dark";
        const grids = new Map<ThemeName, CellGrid>([[own, readGrid(terminal)]]);
        const start = themeNames.indexOf(own);
        for (const theme of [...themeNames.slice(start + 1), ...themeNames.slice(0, start)]) {
            terminal.press("ctrl-t");
            await terminal.waitFor(`Theme: ${theme}.`);
            // The next key removes the message.
            terminal.press("ctrl-l");
            await terminal.waitFor((screen) => !screen.some((row) => row.includes(`Theme: ${theme}.`)));
            await untilQuiet(terminal);
            grids.set(theme, readGrid(terminal));
        }
        return grids;
    });
}

/** The screens of the demo, each after it has stopped moving, except where the clock drives it. */
export function playRecording(
    scratch: string,
    steps: readonly RecordedStep[],
    size: ScreenSize,
): Promise<readonly Frame[]> {
    const environment = { NODE_OPTIONS: `--import ${steppedClock}` };
    return withTerminal(scratch, { arguments: ["demo"] }, size, environment, async (terminal) => {
        const frames: Frame[] = [];
        for (const step of steps) {
            await playStep(terminal, step);
            await untilQuiet(terminal);
            frames.push({ grid: readGrid(terminal), forMs: step.forMs });
            for (let tick = 0; tick < (step.ticks ?? 0); tick++) {
                terminal.signal("SIGUSR2");
                await untilQuiet(terminal);
                frames.push({ grid: readGrid(terminal), forMs: tickMs });
            }
        }
        return joinEqual(frames);
    });
}

export function paletteOf(theme: ThemeName): Palette {
    return theme === "light" ? lightPalette : darkPalette;
}

/** Lends a terminal with stardeck in it, in a folder whose embedded warehouse is that of the demo. */
async function withTerminal<T>(
    scratch: string,
    scene: Pick<Scene, "arguments" | "background">,
    size: ScreenSize,
    environment: Readonly<Record<string, string>>,
    use: (terminal: StoryTerminal) => Promise<T>,
): Promise<T> {
    const workingFolder = mkdtempSync(join(scratch, "scene-"));
    const own = join(workingFolder, ".stardeck");
    mkdirSync(own, { mode: 0o700 });
    if (!(await unpackArchive(demoArchive, makeLayout(own).data))) {
        throw new Error("There is no warehouse of the demo: `npm run build` makes it.");
    }
    const terminal = await openTerminal({
        ...size,
        workingFolder,
        arguments: scene.arguments ?? [],
        background: paletteOf(scene.background ?? "dark").background,
        environment,
        timeoutMs: 60_000,
    });
    try {
        const result = await use(terminal);
        // End it by a signal, so that it removes its temporary files.
        terminal.signal("SIGTERM");
        await terminal.exit();
        return result;
    } finally {
        await terminal.close();
        await restDatabase(own);
        rmSync(workingFolder, { recursive: true, maxRetries: 10 });
    }
}

/** Waits for the embedded database's server, which ends a moment after its last client: remove nothing before. */
async function restDatabase(folder: string): Promise<void> {
    const server = await openEmbedded(folder);
    await server.close();
}

async function playStep(terminal: StoryTerminal, { press, waitFor }: Step): Promise<void> {
    terminal.press(...press);
    await terminal.waitFor(waitFor);
}

/** Waits until the program has sent nothing for a while. */
async function untilQuiet(terminal: StoryTerminal): Promise<void> {
    let seen = -1;
    while (seen !== terminal.events().length) {
        seen = terminal.events().length;
        await pause(quietMs);
    }
}

function readGrid(terminal: StoryTerminal): CellGrid {
    return Array.from({ length: terminal.rows }, (_, row) =>
        Array.from({ length: terminal.columns }, (__, column) => terminal.cell(row, column)),
    );
}

/** Joins consecutive equal frames into one. */
function joinEqual(frames: readonly Frame[]): readonly Frame[] {
    const joined: Frame[] = [];
    let before = "";
    for (const frame of frames) {
        const text = JSON.stringify(frame.grid);
        const last = joined.at(-1);
        if (last !== undefined && text === before) {
            joined[joined.length - 1] = { ...last, forMs: last.forMs + frame.forMs };
        } else {
            joined.push(frame);
        }
        before = text;
    }
    return joined;
}
