/** Asks the cancel listener's thread whose turn it is; the answer is a `Turn` as JSON. */
export const turnQuestion = Buffer.from("?");

/**
 * Begins a connection that a program keeps open as long as it lives. The process ids of its backends follow, four bytes each. When the
 * connection closes, even because the program was killed, the statements of these backends are cancelled.
 */
export const watchRequest = Buffer.from("w");

export function makeProcessIdBytes(backendPid: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(backendPid);
    return bytes;
}
