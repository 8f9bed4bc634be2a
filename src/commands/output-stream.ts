import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { OutputStream } from "./output.js";

/** Why nothing more can be written to a stream. */
export interface LostOutput {
    /** True if the reader or the terminal went away, as with `| head`: that is no error to report. */
    readonly isReaderGone: boolean;
    /** `No space left on device` */
    readonly reason: string;
    /** The bytes that arrived before. */
    readonly writtenBytes: number;
}

/** One of this process's two output streams; it records why it can no longer be written. */
export interface ProcessStream extends OutputStream {
    /** Aborted as soon as something could not be written. */
    readonly lostSignal: AbortSignal;
    /** Null while everything written has arrived. */
    readonly lost: () => LostOutput | null;
    /** Resolves once everything written has left this process, or never will. */
    flush(): Promise<void>;
}

/** A Node.js stream with its file descriptor. */
type NodeStream = Writable & {
    readonly fd: number;
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
};

/** Wraps stdout or stderr, so that an error becomes a value instead of an event. */
export function openProcessStream(stream: NodeStream): ProcessStream {
    const isTTY = stream.isTTY === true;
    const controller = new AbortController();
    let lost: LostOutput | null = null;
    let writtenBytes = 0;
    let lastWrite = Promise.resolve();
    const lose = (error: NodeJS.ErrnoException): void => {
        if (lost === null) {
            lost = { isReaderGone: isReaderGone(error, isTTY), reason: describe(error), writtenBytes };
            controller.abort();
        }
    };
    const write = async (bytes: Buffer): Promise<void> => {
        if (stream instanceof Socket) {
            await new Promise<void>((resolve) => {
                stream.write(bytes, (error) => {
                    if (error) {
                        lose(error);
                    } else {
                        writtenBytes += bytes.length;
                    }
                    resolve();
                });
            });
            return;
        }
        try {
            // Node's own file stream ignores a partial write, which happens on a nearly full disk.
            for (let at = 0; at < bytes.length;) {
                const count = writeSync(stream.fd, bytes, at);
                at += count;
                writtenBytes += count;
            }
        } catch (error) {
            lose(error as NodeJS.ErrnoException);
        }
    };
    // Catches errors of other writers, such as the interface, and of the system.
    stream.on("error", lose);
    return {
        isTTY,
        get columns() {
            return isTTY ? stream.columns : undefined;
        },
        get rows() {
            return isTTY ? stream.rows : undefined;
        },
        write: (text) => {
            if (lost === null) {
                lastWrite = write(Buffer.from(text));
            }
            return lastWrite;
        },
        lostSignal: controller.signal,
        lost: () => lost,
        flush: () => lastWrite,
    };
}

/** A closed terminal reports an input/output error (EIO) or a missing device. */
function isReaderGone({ code = "" }: NodeJS.ErrnoException, isTerminal: boolean): boolean {
    return ["EPIPE", "ECONNRESET"].includes(code) || (isTerminal && ["EIO", "ENXIO", "ENODEV"].includes(code));
}

/** Errors for which Node.js has no good description. */
const otherReasons: ReadonlyMap<number, string> = new Map([
    [-constants.errno.EIO, "Input/output error"],
    [-constants.errno.EDQUOT, "Disk quota exceeded"],
]);

function describe({ errno = 0, message }: NodeJS.ErrnoException): string {
    const reason = otherReasons.get(errno) ?? getSystemErrorMap().get(errno)?.[1] ?? message;
    return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}
