import { writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import type { OutputStream } from "./output.js";

/** Why nothing more can be written to a stream. */
export interface LostOutput {
    /** True when its reader or its terminal went away, as `| head` does: no fault, and nobody is left to tell. */
    readonly isReaderGone: boolean;
    /** `No space left on device` */
    readonly reason: string;
    /** What arrived before. */
    readonly writtenBytes: number;
}

/** One of the two output streams of this process, which remembers why it cannot be written any more. */
export interface ProcessStream extends OutputStream {
    /** Aborted as soon as something could not be written. */
    readonly lostSignal: AbortSignal;
    /** Null while all that was written has arrived. */
    readonly lost: () => LostOutput | null;
    /** Resolves once all that was written has left this process, or never will. */
    flush(): Promise<void>;
}

/** A stream of Node's, with the number by which the operating system knows it. */
type NodeStream = Writable & {
    readonly fd: number;
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
};

/** Takes over stdout or stderr: from now on an error of it is no event but a value. */
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
            // Node's own stream for files takes no notice when only a part could be written, as on a disk that is nearly full.
            for (let at = 0; at < bytes.length;) {
                const count = writeSync(stream.fd, bytes, at);
                at += count;
                writtenBytes += count;
            }
        } catch (error) {
            lose(error as NodeJS.ErrnoException);
        }
    };
    // What others write to it, as the interface does, and what the system reports of itself.
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

/** A terminal that is gone reports an error of input and output (EIO), or that there is no such device. */
function isReaderGone({ code = "" }: NodeJS.ErrnoException, isTerminal: boolean): boolean {
    return ["EPIPE", "ECONNRESET"].includes(code) || (isTerminal && ["EIO", "ENXIO", "ENODEV"].includes(code));
}

/** Those that Node.js has no good words for. */
const otherReasons: ReadonlyMap<number, string> = new Map([
    [-constants.errno.EIO, "Input/output error"],
    [-constants.errno.EDQUOT, "Disk quota exceeded"],
]);

function describe({ errno = 0, message }: NodeJS.ErrnoException): string {
    const reason = otherReasons.get(errno) ?? getSystemErrorMap().get(errno)?.[1] ?? message;
    return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}`;
}
