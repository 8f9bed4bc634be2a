/** What a piece of text is; the theme decides how it looks. */
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

/** Symbols that show a state without colour. */
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
    /** Styles a text by its role without changing its width. Roles nest: the outer style goes on after an inner one ends. */
    style(role: Role, text: string): string;
}

type Codes = Readonly<Record<Role, string>>;

// https://en.wikipedia.org/wiki/ANSI_escape_code#SGR
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

/**
 * From the 256 colours, which are the same on every terminal. The basic 16 depend on the terminal's palette: grey on black had a
 * contrast of 2.8 on some, green on white of 2.5. These have at least 4.5 on the usual backgrounds.
 */
const colour = {
    paleGrey: "38;5;247",
    paleCyan: "38;5;80",
    paleGreen: "38;5;114",
    paleRed: "38;5;210",
    paleYellow: "38;5;221",
    paleOrange: "38;5;215",
    paleBlue: "38;5;111",
    darkGrey: "38;5;241",
    darkBlue: "38;5;25",
    darkGreen: "38;5;22",
    darkRed: "38;5;124",
    brown: "38;5;94",
    blackOnYellow: "38;5;16;48;5;221",
    whiteOnGreen: "38;5;231;48;5;22",
    whiteOnRed: "38;5;231;48;5;124",
    whiteOnBlue: "38;5;231;48;5;19",
} as const;

const palettes: Readonly<Record<ThemeName, Codes>> = {
    dark: {
        ...mono,
        dim: colour.paleGrey,
        accent: colour.paleCyan,
        key: colour.paleCyan,
        ok: colour.paleGreen,
        failed: colour.paleRed,
        warned: colour.paleYellow,
        running: colour.paleBlue,
        queued: colour.paleGrey,
        skipped: colour.paleGrey,
        null: colour.paleGrey,
        keyword: colour.paleBlue,
        string: colour.paleGreen,
        match: colour.blackOnYellow,
    },
    light: {
        ...mono,
        dim: colour.darkGrey,
        accent: colour.darkBlue,
        key: colour.darkBlue,
        ok: colour.darkGreen,
        failed: colour.darkRed,
        warned: colour.brown,
        running: colour.darkBlue,
        queued: colour.darkGrey,
        skipped: colour.darkGrey,
        null: colour.darkGrey,
        keyword: colour.darkBlue,
        string: colour.darkGreen,
        match: colour.blackOnYellow,
    },
    // Each state sets its own background, because the terminal's is not known.
    "high-contrast": {
        ...mono,
        dim: "",
        accent: "1;4",
        key: "1",
        ok: `1;${colour.whiteOnGreen}`,
        failed: `1;${colour.whiteOnRed}`,
        warned: `1;${colour.blackOnYellow}`,
        running: `1;${colour.whiteOnBlue}`,
        queued: "",
        skipped: "",
        null: "3",
        keyword: "1",
        match: colour.blackOnYellow,
    },
    // Blue and orange-yellow can be told apart with every common kind of colour blindness.
    "colour-blind": {
        ...mono,
        dim: colour.paleGrey,
        accent: colour.paleCyan,
        key: colour.paleCyan,
        ok: colour.paleBlue,
        failed: `1;${colour.paleYellow}`,
        warned: colour.paleOrange,
        running: colour.paleCyan,
        queued: colour.paleGrey,
        skipped: colour.paleGrey,
        null: colour.paleGrey,
        keyword: colour.paleCyan,
        string: colour.paleOrange,
        match: colour.blackOnYellow,
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
    // Approximate relative luminance: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5 ? "light" : "dark";
}
