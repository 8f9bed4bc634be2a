import {
    chmodSync,
    closeSync,
    constants,
    fstatSync,
    lstatSync,
    openSync,
    readdirSync,
    readFileSync,
    statSync,
    writeFileSync,
} from "node:fs";
import { ownUserId } from "../../config/process.js";
import { fileErrorCode, makeFailure } from "./failure.js";

const outsiders = 0o027;

/**
 * Applies PostgreSQL's rule for its data directory: the folder is ours, and nobody else may write to it (0700, or 0750).
 * A folder that others can only read is closed to them. One that others can write to is refused, because its files may be theirs.
 *
 * @throws StardeckError `no-database`
 */
export function checkFolder(folder: string): void {
    if (ownUserId === undefined) {
        return;
    }
    // Our own symbolic link may lead to another disk; another user's link is refused, because it may lead anywhere.
    for (const { uid } of [lstatSync(folder), statSync(folder)]) {
        if (uid !== ownUserId) {
            throw makeFailure(
                `The folder ${folder} belongs to another user (id ${uid}), and stardeck trusts only its own.`,
                "Start stardeck as that user or in another folder, or name a server with --database-url.",
            );
        }
    }
    const { mode } = statSync(folder);
    if ((mode & 0o022) !== 0 && readdirSync(folder).length > 0) {
        throw makeFailure(
            `Others may write to the folder ${folder}, so what is in it cannot be trusted.`,
            `Look into it, then close it: chmod 700 '${folder}'`,
        );
    }
    if ((mode & outsiders) !== 0) {
        chmodSync(folder, 0o700);
    }
    if ((statSync(folder).mode & outsiders) !== 0) {
        throw makeFailure(
            `The folder ${folder} is on a file system that cannot keep others out.`,
            "Start stardeck in a folder on another one, or name a server with --database-url.",
        );
    }
}

/**
 * Opens an ordinary file of the folder; a symbolic link or a pipe in its place is refused. The caller closes the file descriptor.
 *
 * @throws StardeckError `no-database`
 */
export function openOwnFile(file: string, flags: number): number {
    let descriptor: number;
    try {
        descriptor = openSync(file, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
    } catch (error) {
        throw ["ELOOP", "EISDIR", "ENXIO"].includes(fileErrorCode(error) ?? "") ? makeOddFileFailure(file) : error;
    }
    const stats = fstatSync(descriptor);
    const isWriting = (flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0;
    if (!stats.isFile() || (isWriting && stats.nlink > 1)) {
        closeSync(descriptor);
        throw makeOddFileFailure(file);
    }
    return descriptor;
}

export function readOwnFile(file: string): string {
    const descriptor = openOwnFile(file, constants.O_RDONLY);
    try {
        return readFileSync(descriptor, "utf8");
    } finally {
        closeSync(descriptor);
    }
}

/** Creates a file; fails if the name is taken, even by a symbolic link. */
export function createOwnFile(file: string, text: string): void {
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
}

function makeOddFileFailure(file: string): Error {
    return makeFailure(
        `${file} is a link or no ordinary file, and stardeck writes only to files of its own.`,
        "Move it away and try again.",
    );
}
