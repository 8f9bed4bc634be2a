import { once } from "node:events";
import { styleText } from "node:util";
import { makeLinesVisible } from "../text/visible-text.js";
import type { Redact } from "./redact.js";

export type Style = Parameters<typeof styleText>[0];

/** A stream to write to: stdout, stderr, or a test's. */
export interface OutputStream {
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
    readonly rows?: number | undefined;
    write(text: string): boolean;
    once(event: "drain", listener: () => void): unknown;
}

/** Where a command answers: results on stdout, talk on stderr. No credential gets through, but rows pass as they are. */
export interface Output {
    readonly isJson: boolean;
    /** The width of the terminal on stdout as it is now; undefined when stdout is none. */
    readonly width: number | undefined;
    /** Its height. */
    readonly height: number | undefined;
    /** Rows of the warehouse, exactly as given; waits while the reader is slow. */
    rows(text: string): Promise<void>;
    /** A line of the result for people. */
    line(text: string): void;
    /** What draws on a terminal: text whose control characters are stardeck's own. */
    page(text: string): void;
    /** One JSON object on one line of the result. */
    record(value: object): void;
    /** A line of talk. */
    talk(text: string): void;
    /** Talk that replaces nothing and ends nothing: styled when stderr is a terminal and colours are wanted. */
    style(style: Style, text: string): string;
    /** As `style`, for lines on stdout. */
    styleLine(style: Style, text: string): string;
}

export interface OutputOptions {
    readonly stdout: OutputStream;
    readonly stderr: OutputStream;
    readonly isJson: boolean;
    readonly useColor: boolean;
    readonly redact: Redact;
}

export function makeOutput({ stdout, stderr, isJson, useColor, redact }: OutputOptions): Output {
    const styleFor =
        (stream: OutputStream) =>
        (style: Style, text: string): string =>
            useColor && stream.isTTY === true ? styleText(style, text) : text;
    return {
        isJson,
        get width() {
            return stdout.isTTY === true ? stdout.columns : undefined;
        },
        get height() {
            return stdout.isTTY === true ? stdout.rows : undefined;
        },
        rows: async (text) => {
            // Only a terminal obeys control characters; a file or a pipe gets the data as it is.
            const shown = stdout.isTTY === true ? makeLinesVisible(text) : text;
            if (!stdout.write(shown)) {
                await once(stdout as unknown as NodeJS.EventEmitter, "drain");
            }
        },
        line: (text) => {
            stdout.write(`${redact(text)}\n`);
        },
        page: (text) => {
            stdout.write(redact(text));
        },
        record: (value) => {
            stdout.write(
                `${JSON.stringify(value, (_, member: unknown) => (typeof member === "string" ? redact(member) : member))}\n`,
            );
        },
        talk: (text) => {
            stderr.write(`${redact(text)}\n`);
        },
        style: styleFor(stderr),
        styleLine: styleFor(stdout),
    };
}

/** Colours by NO_COLOR (https://no-color.org) and `--no-color`. */
export function wantsColor(colorFlag: unknown, noColor: string | undefined): boolean {
    return colorFlag !== false && (noColor === undefined || noColor === "");
}
