/** Asks the thread beside the embedded database whose turn it is: `Turn` as JSON. */
export const turnQuestion = Buffer.from("?");

/**
 * Begins what a program keeps open as long as it lives. The process ids of its backends follow, as four bytes each: what these run is
 * cancelled once the connection closes, as the system does it for a program that is killed.
 */
export const watchRequest = Buffer.from("w");

export function makeProcessIdBytes(backendPid: number): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(backendPid);
    return bytes;
}
