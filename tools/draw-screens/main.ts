import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "../../src/config/package-folder.js";
import { formatCast } from "./format-cast.js";
import { formatFilm } from "./format-film.js";
import { formatSvg } from "./format-svg.js";
import { darkPalette } from "./palette.js";
import { playRecording, playScene, paletteOf } from "./play-scene.js";
import { themeNames, type ThemeName } from "../../src/tui/kit/theme.js";
import { recording, scenes, type Scene } from "./scenes.js";
import { writePicture } from "./write-picture.js";

const folder = join(packageFolder, "docs/screens");
const sizes = [
    [80, 24],
    [120, 40],
    [200, 60],
] as const;
const recordingSize = { columns: 100, rows: 30 };
const recordingTitle = "stardeck demo";

const [only = ""] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "stardeck-screens-"));
try {
    mkdirSync(folder, { recursive: true });
    for (const scene of scenes.filter(({ name }) => name.includes(only))) {
        for (const [columns, rows] of sizes) {
            for (const [theme, grid] of await playScene(scratch, scene, { columns, rows })) {
                const name = fileOf(scene, columns, rows, theme);
                writePicture(join(folder, name), formatSvg(scene.title, grid, paletteOf(theme)));
            }
        }
        process.stderr.write(`${scene.name}\n`);
    }
    if ("demo".includes(only)) {
        const frames = await playRecording(scratch, recording, recordingSize);
        writePicture(join(folder, "demo.cast"), formatCast(recordingTitle, frames));
        writePicture(join(folder, "demo.svg"), formatFilm(recordingTitle, frames, darkPalette));
        process.stderr.write(`demo: ${frames.length} frames\n`);
    }
    if (only === "") {
        removeOthers();
        writePicture(join(folder, "README.md"), formatIndex());
    }
} finally {
    rmSync(scratch, { recursive: true, force: true });
}

/** The scene's own theme is not named. */
function fileOf(scene: Scene, columns: number, rows: number, theme = ownTheme(scene)): string {
    return `${scene.name}-${columns}x${rows}${theme === ownTheme(scene) ? "" : `-${theme}`}.svg`;
}

function ownTheme({ background = "dark" }: Scene): ThemeName {
    return background;
}

/** Removes pictures of scenes that no longer exist. */
function removeOthers(): void {
    const files = new Set(
        scenes.flatMap((scene) =>
            sizes.flatMap(([columns, rows]) => themeNames.map((theme) => fileOf(scene, columns, rows, theme))),
        ),
    );
    files.add("demo.svg");
    for (const file of readdirSync(folder).filter((name) => name.endsWith(".svg") && !files.has(name))) {
        rmSync(join(folder, file));
    }
}

function formatIndex(): string {
    const [, [columns, rows]] = sizes;
    const pictures = scenes.map((scene) => {
        const links = themeNames.map((theme) => {
            const ofTheme = sizes.map(
                ([width, height]) => `[${width}×${height}](${fileOf(scene, width, height, theme)})`,
            );
            return `- ${theme}: ${ofTheme.join(" · ")}`;
        });
        return `## ${scene.title}\n\n![${scene.title}](${fileOf(scene, columns, rows)})\n\n${links.join("\n")}\n`;
    });
    const intro =
        "Drawn by `npm run screens` from the real program in a pseudo-terminal, on the warehouse of the demo: each screen at three sizes in every theme.\n" +
        "`asciinema play docs/screens/demo.cast` plays the [demo](demo.svg) in your own terminal.";
    return `# Screens\n\n${intro}\n\n${pictures.join("\n")}`;
}
