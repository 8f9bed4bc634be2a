/** What a piece of text is, from which a theme makes its looks. */
export type Role =
    | "plain"
    | "dim"
    | "strong"
    | "emphasis"
    | "accent"
    | "selected"
    | "key"
    | "ok"
    | "failed"
    | "warned"
    | "running"
    | "queued"
    | "skipped"
    | "null"
    | "number"
    | "keyword"
    | "string"
    | "match";

export const themeNames = ["dark", "light", "high-contrast", "colour-blind", "mono"] as const;

export type ThemeName = (typeof themeNames)[number];

/** How a state looks without any colour. */
export interface Symbols {
    readonly ok: string;
    readonly failed: string;
    readonly warned: string;
    readonly running: string;
    readonly queued: string;
    readonly skipped: string;
    readonly cancelled: string;
    readonly null: string;
    readonly cursor: string;
    readonly rule: string;
    readonly ellipsis: string;
}

export interface Theme {
    readonly name: ThemeName;
    readonly isAscii: boolean;
    readonly symbols: Symbols;
    /** The text in the looks of a role; its width stays. Roles nest: the outer one goes on after an inner one. */
    style(role: Role, text: string): string;
}

type Codes = Readonly<Record<Role, string>>;

// The 16 colours that a person's terminal theme chooses, on its own background: https://en.wikipedia.org/wiki/ANSI_escape_code#SGR
const mono: Codes = {
    plain: "",
    dim: "2",
    strong: "1",
    emphasis: "3",
    accent: "1",
    selected: "7",
    key: "1",
    ok: "",
    failed: "1",
    warned: "1",
    running: "",
    queued: "2",
    skipped: "2",
    null: "2",
    number: "",
    keyword: "1",
    string: "",
    match: "4",
};

const palettes: Readonly<Record<ThemeName, Codes>> = {
    dark: {
        ...mono,
        dim: "90",
        accent: "96",
        key: "96",
        ok: "32",
        failed: "91",
        warned: "93",
        running: "94",
        queued: "90",
        skipped: "90",
        null: "90",
        keyword: "94",
        string: "32",
        match: "30;103",
    },
    light: {
        ...mono,
        dim: "90",
        accent: "34",
        key: "34",
        ok: "32",
        failed: "31",
        warned: "35",
        running: "34",
        queued: "90",
        skipped: "90",
        null: "90",
        keyword: "34",
        string: "32",
        match: "30;43",
    },
    "high-contrast": {
        ...mono,
        dim: "",
        accent: "1;4",
        key: "1",
        ok: "1;32",
        failed: "1;7;31",
        warned: "1;33",
        running: "1;36",
        queued: "",
        skipped: "",
        null: "3",
        keyword: "1",
        match: "30;103",
    },
    // Blue and orange-yellow stay apart for every common kind of colour blindness.
    "colour-blind": {
        ...mono,
        dim: "90",
        accent: "96",
        key: "96",
        ok: "94",
        failed: "1;93",
        warned: "33",
        running: "96",
        queued: "90",
        skipped: "90",
        null: "90",
        keyword: "96",
        string: "33",
        match: "30;103",
    },
    mono,
};

const unicodeSymbols: Symbols = {
    ok: "✓",
    failed: "✗",
    warned: "!",
    running: "~",
    queued: "·",
    skipped: "-",
    cancelled: "◼",
    null: "∅",
    cursor: "▌",
    rule: "─",
    ellipsis: "…",
};

const asciiSymbols: Symbols = {
    ok: "v",
    failed: "x",
    warned: "!",
    running: "~",
    queued: ".",
    skipped: "-",
    cancelled: "#",
    null: "NULL",
    cursor: ">",
    rule: "-",
    ellipsis: ".",
};

export function makeTheme(name: ThemeName, isAscii: boolean): Theme {
    const codes = palettes[name];
    return {
        name,
        isAscii,
        symbols: isAscii ? asciiSymbols : unicodeSymbols,
        style: (role, text) => {
            const code = codes[role];
            if (code === "" || text === "") {
                return text;
            }
            const start = `\x1b[${code}m`;
            return `${start}${text.replaceAll("\x1b[0m", `\x1b[0m${start}`)}\x1b[0m`;
        },
    };
}

/** The theme of a terminal with this background; red, green and blue from 0 to 1. */
export function themeForBackground([red, green, blue]: readonly [number, number, number]): ThemeName {
    // Relative luminance, near enough: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? "light" : "dark";
}
