import { EventEmitter } from "node:events";
import type { Readable } from "../terminal/store.js";
import type { TerminalSize } from "../terminal/open-terminal.js";

/** What Ink takes for the terminal: it draws whole frames here, and reads no keys. */
export interface InkStreams {
    readonly stdout: NodeJS.WriteStream;
    readonly stdin: NodeJS.ReadStream;
}

/**
 * Ink in its `debug` mode hands over whole frames, without a word to the terminal; those are passed on to `show`. On its own it would
 * erase the screen and the shell's history with it at every frame as tall as the terminal, and take Backspace for Delete.
 */
export function makeInkStreams(size: Readable<TerminalSize>, show: (lines: readonly string[]) => void): InkStreams {
    const stdout = Object.assign(new EventEmitter(), {
        columns: size.get().columns,
        rows: size.get().rows,
        write: (text: string): boolean => {
            // What is no frame only shows or hides the cursor.
            if (!text.startsWith("\x1b[?25")) {
                show(text.split("\n"));
            }
            return true;
        },
    });
    size.subscribe(() => {
        Object.assign(stdout, size.get());
        stdout.emit("resize");
    });
    const nothing = (): void => undefined;
    const stdin = Object.assign(new EventEmitter(), {
        isTTY: false,
        setEncoding: nothing,
        setRawMode: nothing,
        ref: nothing,
        unref: nothing,
        read: () => null,
    });
    return {
        stdout: stdout as unknown as NodeJS.WriteStream,
        stdin: stdin as unknown as NodeJS.ReadStream,
    };
}
