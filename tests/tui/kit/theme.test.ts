import { describe, expect, it } from "vitest";
import { makeTheme, type Role, type ThemeName } from "../../../src/tui/kit/theme.js";

/** The grounds of what people use: terminals of Linux, macOS and Windows, editors, and the schemes that are known best. */
const darkGrounds = [
    "000000",
    "0c0c0c",
    "1e1e1e",
    "1d1f21",
    "282a36",
    "282c34",
    "002b36",
    "300a24",
    "2e3436",
    "2e3440",
];
const lightGrounds = ["ffffff", "fafafa", "fdf6e3", "f2f2f2", "eeeeec"];

const grounds: Readonly<Partial<Record<ThemeName, readonly string[]>>> = {
    dark: darkGrounds,
    "colour-blind": darkGrounds,
    light: lightGrounds,
    "high-contrast": [...darkGrounds, ...lightGrounds],
};

const roles: readonly Role[] = [
    ...(["dim", "strong", "accent", "key", "ok", "failed", "warned", "running", "queued", "skipped", "null"] as const),
    ...(["number", "keyword", "string", "match"] as const),
];

/** One of the 256 colours: https://en.wikipedia.org/wiki/ANSI_escape_code#8-bit */
function channelsOf(number: number): readonly number[] {
    if (number >= 232) {
        const level = 8 + (number - 232) * 10;
        return [level, level, level];
    }
    expect(number, "one of the 16 that every terminal paints otherwise").toBeGreaterThanOrEqual(16);
    const cube = number - 16;
    return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => (step === 0 ? 0 : 55 + step * 40));
}

/** https://www.w3.org/TR/WCAG21/#dfn-relative-luminance */
function luminance(channels: readonly number[]): number {
    const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
        const share = channel / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(one: number, other: number): number {
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
}

/** The luminance of a text and of its ground; null where the terminal chooses the text's. */
function looksOf(code: string, ground: string): readonly [number, number] | null {
    const text = /38;5;(\d+)/.exec(code)?.[1];
    const own = /48;5;(\d+)/.exec(code)?.[1];
    if (text === undefined) {
        expect(code.replaceAll(/38;5;\d+|48;5;\d+/g, ""), "a colour that is not measured").not.toMatch(/\b[349]\d\b/);
        return null;
    }
    const below = own === undefined ? [0, 2, 4].map((at) => parseInt(ground.slice(at, at + 2), 16)) : null;
    return [luminance(channelsOf(Number(text))), luminance(below ?? channelsOf(Number(own)))];
}

describe.each(Object.entries(grounds) as [ThemeName, readonly string[]][])("the theme %s", (name, all) => {
    const theme = makeTheme(name, false);

    it("has a contrast of at least 4.5 on every usual ground", () => {
        let measured = 0;
        for (const role of roles) {
            const code = theme.style(role, "x").split("x")[0] ?? "";
            for (const ground of all) {
                const looks = looksOf(code, ground);
                if (looks !== null) {
                    measured++;
                    expect(contrast(...looks), `${role} on #${ground}`).toBeGreaterThanOrEqual(4.5);
                }
            }
        }
        expect(measured).toBeGreaterThanOrEqual(5 * all.length);
    });
});
