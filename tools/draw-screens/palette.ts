import { colourNames } from "../../tests/stories/screen.js";

/** The colours of a terminal. */
export interface Palette {
    readonly background: string;
    readonly foreground: string;
    /** The eight, then the eight bright ones. */
    readonly colours: readonly string[];
}

export const darkPalette: Palette = {
    background: "#16181d",
    foreground: "#d4d7dd",
    colours: [
        ...["#2a2e37", "#f0716f", "#87c379", "#e2b55f", "#6aa9f2", "#c58cdb", "#5fbfc6", "#c6cad2"],
        ...["#7c8494", "#ff8f8c", "#a5db97", "#f4cd80", "#8ec2ff", "#dcaaf0", "#82d9df", "#f3f4f6"],
    ],
};

export const lightPalette: Palette = {
    background: "#fbfbf8",
    foreground: "#2c3038",
    colours: [
        ...["#2c3038", "#c0342f", "#2f7d32", "#946200", "#1f63b5", "#8b3fa8", "#0f7680", "#8a8f98"],
        ...["#6a707b", "#d6453f", "#3b9440", "#ad7400", "#2e77d0", "#a052bf", "#158a95", "#44484f"],
    ],
};

/** Levels of a channel in the 6 × 6 × 6 cube of the 256 colours. */
const cubeLevels = ["00", "5f", "87", "af", "d7", "ff"];

/** The colour for a name in `ScreenCell`; null for the terminal's default. */
export function colourOrNull(name: string | null, { colours }: Palette): string | null {
    if (name === null || name.startsWith("#")) {
        return name;
    }
    const number = Number(name);
    if (Number.isNaN(number)) {
        const plain = name.replace("bright-", "");
        return colours[colourNames.findIndex((each) => each === plain) + (plain === name ? 0 : 8)] ?? null;
    }
    if (number >= 232) {
        return `#${(8 + (number - 232) * 10).toString(16).padStart(2, "0").repeat(3)}`;
    }
    const cube = number - 16;
    return `#${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => cubeLevels[level]).join("")}`;
}
