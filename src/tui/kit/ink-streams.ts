import { EventEmitter } from "node:events";
import type { Readable } from "../terminal/store.js";
import type { TerminalSize } from "../terminal/open-terminal.js";

/** Streams that Ink treats as the terminal: it draws whole frames to them and reads no keys. */
export interface InkStreams {
    readonly stdout: NodeJS.WriteStream;
    readonly stdin: NodeJS.ReadStream;
}

/**
 * In `debug` mode Ink writes whole frames without control sequences; `show` gets them. With the real terminal Ink would erase the
 * screen and the shell's history at every frame as tall as the terminal, and read Backspace as Delete.
 */
export function makeInkStreams(size: Readable<TerminalSize>, show: (lines: readonly string[]) => void): InkStreams {
    const stdout = Object.assign(new EventEmitter(), {
        columns: size.get().columns,
        rows: size.get().rows,
        write: (text: string): boolean => {
            // Anything else that Ink writes shows or hides the cursor.
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
