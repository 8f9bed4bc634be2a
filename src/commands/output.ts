import { styleText } from "node:util";
import { escapeUnseen, makeLinesVisible, makeVisible } from "../text/visible-text.js";
import type { Redact } from "./redact.js";

export type Style = Parameters<typeof styleText>[0];

/** Text for people: a sequence of parts, some with a style. */
export type Text = string | StyledText | readonly Text[];

interface StyledText {
    readonly style: Style;
    readonly text: string;
}

/** Text with a colour or weight, which shows only on a terminal with colours. */
export function styled(style: Style, text: string): StyledText {
    return { style, text };
}

/** A stream to write to: stdout, stderr, or a test's. */
export interface OutputStream {
    readonly isTTY: boolean;
    readonly columns: number | undefined;
    readonly rows: number | undefined;
    /** Resolves once the text has left this process, or never will. Never rejects. */
    write(text: string): Promise<void>;
}

/**
 * A command's output: results on stdout, talk on stderr. Credentials are removed, except from rows. Control characters are made visible
 * here, so that no caller can forget it.
 */
export interface Output {
    readonly isJson: boolean;
    /** The current width of the terminal on stdout; undefined if stdout is not a terminal. */
    readonly width: number | undefined;
    /** The current height of that terminal. */
    readonly height: number | undefined;
    /** Writes rows of the warehouse unchanged, except on a terminal. Waits for a slow reader until the command is interrupted. */
    rows(text: string): Promise<void>;
    /** Writes one line of the result for people; a line break inside it shows as `↵`. */
    line(text: Text): void;
    /** Writes one JSON object on one line of the result. */
    record(value: object): void;
    /** Writes a line to stderr. */
    talk(text: Text): void;
    /** Uses the terminal on stdout for a page that is redrawn. */
    openPage(): Page;
}

/** A screen of lines on the terminal. */
export interface Page {
    draw(lines: readonly string[]): void;
    /** Restores the terminal. */
    close(): void;
}

export interface OutputOptions {
    readonly stdout: OutputStream;
    readonly stderr: OutputStream;
    readonly isJson: boolean;
    readonly useColor: boolean;
    readonly redact: Redact;
    /** Aborted when the command should stop; then nothing waits for a slow reader. */
    readonly signal: AbortSignal;
}

// Draw over the old page from the upper left and clear only the rest below, so that it does not flicker.
const sequences = {
    enter: "\x1b[?1049h\x1b[?25l",
    leave: "\x1b[?25h\x1b[?1049l",
    home: "\x1b[H",
    endOfLine: "\x1b[K",
    below: "\x1b[J",
};

export function makeOutput({ stdout, stderr, isJson, useColor, redact, signal }: OutputOptions): Output {
    const format = (text: Text, stream: OutputStream): string => {
        if (typeof text === "string") {
            return makeVisible(redact(text).replaceAll("\t", "    "));
        }
        if ("style" in text) {
            const shown = format(text.text, stream);
            return useColor && stream.isTTY ? styleText(text.style, shown) : shown;
        }
        return text.map((part) => format(part, stream)).join("");
    };
    return {
        isJson,
        get width() {
            return stdout.isTTY ? stdout.columns : undefined;
        },
        get height() {
            return stdout.isTTY ? stdout.rows : undefined;
        },
        rows: async (text) => {
            // Only a terminal interprets control characters; a file or a pipe gets the data unchanged.
            const writing = stdout.write(stdout.isTTY ? makeLinesVisible(text) : text);
            await settleOrAbort(writing, signal);
        },
        line: (text) => {
            void stdout.write(`${format(text, stdout)}\n`);
        },
        record: (value) => {
            const redacted = (_key: string, member: unknown): unknown =>
                typeof member === "string" ? redact(member) : member;
            void stdout.write(`${escapeUnseen(JSON.stringify(value, redacted))}\n`);
        },
        talk: (text) => {
            void stderr.write(`${format(text, stderr)}\n`);
        },
        openPage: () => {
            void stdout.write(sequences.enter);
            return {
                draw: (lines) => {
                    const shown = lines.map((line) => `${format(line, stdout)}${sequences.endOfLine}\r\n`);
                    void stdout.write(`${sequences.home}${shown.join("")}${sequences.below}`);
                },
                close: () => {
                    void stdout.write(sequences.leave);
                },
            };
        },
    };
}

async function settleOrAbort(writing: Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
        return;
    }
    let stop = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
        stop = resolve;
        signal.addEventListener("abort", stop);
    });
    await Promise.race([writing, aborted]);
    signal.removeEventListener("abort", stop);
}

/** Whether to use colours, by NO_COLOR (https://no-color.org) and `--no-color`. */
export function wantsColor(colorFlag: unknown, noColor: string | undefined): boolean {
    return colorFlag !== false && (noColor === undefined || noColor === "");
}
