import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "../../src/config/package-folder.js";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { openTerminal } from "../../tests/stories/open-terminal.js";
import type { StoryTerminal } from "../../tests/stories/story-terminal.js";
import { formatCast } from "./format-cast.js";
import { darkPalette, formatSvg, lightPalette } from "./format-svg.js";
import { scenes, tour, type Scene, type Step } from "./scenes.js";

const folder = join(packageFolder, "docs/screens");
const sizes = [
    [80, 24],
    [120, 40],
    [200, 60],
] as const;
const restMs = 1_500;
const longestGapMs = 800;

const [only = ""] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "stardeck-screens-"));
try {
    const warehouse = await prepareWarehouse();
    mkdirSync(folder, { recursive: true });
    const chosen = scenes.filter(({ name }) => name.includes(only));
    for (const scene of chosen) {
        for (const [columns, rows] of sizes) {
            const svg = await playScene(warehouse, scene, columns, rows);
            writeFileSync(join(folder, fileOf(scene, columns, rows)), svg);
        }
        process.stderr.write(`${scene.name}\n`);
    }
    if (only === "") {
        removeOthers();
        writeFileSync(join(folder, "tour.cast"), await recordTour(warehouse, 100, 30));
        writeFileSync(join(folder, "README.md"), formatIndex());
    }
} finally {
    rmSync(scratch, { recursive: true, force: true });
}

/** A working folder whose embedded warehouse holds the demo shop, built, and a day more. */
async function prepareWarehouse(): Promise<string> {
    const workingFolder = join(scratch, "prepared");
    mkdirSync(workingFolder);
    const batches = [
        ["seed", "--days", "70", "--through", "2025-03-02"],
        ["seed", "--days", "1"],
    ];
    for (const args of [["migrate"], ...batches.flatMap((batch) => [batch, ["build"]])]) {
        process.stderr.write(`stardeck ${args.join(" ")}\n`);
        execFileSync(process.execPath, [join(packageFolder, "dist/src/cli.js"), ...args], {
            cwd: workingFolder,
            stdio: "ignore",
        });
    }
    await restDatabase(workingFolder);
    return workingFolder;
}

/** Lends a terminal with stardeck in it, in a copy of the prepared folder. */
async function withTerminal<T>(
    warehouse: string,
    scene: Pick<Scene, "arguments" | "background">,
    columns: number,
    rows: number,
    use: (terminal: StoryTerminal) => Promise<T>,
): Promise<T> {
    const workingFolder = mkdtempSync(join(scratch, "scene-"));
    cpSync(warehouse, workingFolder, { recursive: true });
    const terminal = await openTerminal({
        columns,
        rows,
        workingFolder,
        arguments: scene.arguments ?? [],
        background: paletteOf(scene).background,
    });
    try {
        return await use(terminal);
    } finally {
        await terminal.close();
        await restDatabase(workingFolder);
        rmSync(workingFolder, { recursive: true });
    }
}

/** The server of an embedded database ends a moment after its last client: nothing may be copied or removed before. */
async function restDatabase(workingFolder: string): Promise<void> {
    const server = await openEmbedded(join(workingFolder, ".stardeck"));
    await server.close();
}

async function playStep(terminal: StoryTerminal, { press, waitFor }: Step): Promise<void> {
    terminal.press(...press);
    await terminal.waitFor(waitFor);
}

function playScene(warehouse: string, scene: Scene, columns: number, rows: number): Promise<string> {
    return withTerminal(warehouse, scene, columns, rows, async (terminal) => {
        for (const step of scene.steps) {
            await playStep(terminal, step);
        }
        const grid = Array.from({ length: rows }, (_, row) =>
            Array.from({ length: columns }, (_, column) => terminal.cell(row, column)),
        );
        return formatSvg(scene.title, grid, paletteOf(scene));
    });
}

function recordTour(warehouse: string, columns: number, rows: number): Promise<string> {
    return withTerminal(warehouse, {}, columns, rows, async (terminal) => {
        const restAfter = new Set<number>();
        for (const step of tour) {
            await playStep(terminal, step);
            restAfter.add(terminal.events().length - 1);
        }
        return formatCast(terminal.events(), { title: "stardeck", columns, rows, restAfter, restMs, longestGapMs });
    });
}

function paletteOf({ background }: Pick<Scene, "background">): typeof darkPalette {
    return background === "light" ? lightPalette : darkPalette;
}

function fileOf({ name }: Scene, columns: number, rows: number): string {
    return `${name}-${columns}x${rows}.svg`;
}

/** Pictures of scenes that are no more. */
function removeOthers(): void {
    const files = new Set(scenes.flatMap((scene) => sizes.map(([columns, rows]) => fileOf(scene, columns, rows))));
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".svg") && !files.has(name))) {
        rmSync(join(folder, file));
    }
}

function formatIndex(): string {
    const [[columns, rows]] = [sizes[1]];
    const pictures = scenes.map((scene) => {
        const others = sizes.map(([width, height]) => `[${width}×${height}](${fileOf(scene, width, height)})`);
        return `## ${scene.title}\n\n![${scene.title}](${fileOf(scene, columns, rows)})\n\n${others.join(" · ")}\n`;
    });
    const intro =
        "Drawn by `npm run screens` from the real program in a pseudo-terminal. `asciinema play docs/screens/tour.cast` plays a tour.";
    return `# Screens\n\n${intro}\n\n${pictures.join("\n")}`;
}
