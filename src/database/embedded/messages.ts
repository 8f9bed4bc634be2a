/** The parts of PostgreSQL's frontend/backend protocol that passing on messages needs: https://www.postgresql.org/docs/18/protocol.html */

export const sslRequestCode = 80877103;
export const gssRequestCode = 80877104;
export const cancelRequestCode = 80877102;
export const protocolVersion3 = 3 << 16;

/** PostgreSQL's own limit for one message is a little below 1 GiB. */
const maxMessageBytes = 0x3fffffff;

/** Cuts a stream of bytes into messages. The first messages of a connection have no type byte, see `startTyped`. */
export class MessageReader {
    #chunks: Buffer[] = [];
    #size = 0;
    #typeBytes: 0 | 1 = 0;

    push(chunk: Buffer): void {
        this.#chunks.push(chunk);
        this.#size += chunk.length;
    }

    /** Reads all further messages with a type byte first. */
    startTyped(): void {
        this.#typeBytes = 1;
    }

    /**
     * The next complete message, or null until more bytes have arrived.
     *
     * @throws Error if the bytes are no message
     */
    nextOrNull(): Buffer | null {
        const headBytes = this.#typeBytes + 4;
        if (this.#size < headBytes) {
            return null;
        }
        const length = this.#join(headBytes).readUInt32BE(this.#typeBytes) + this.#typeBytes;
        if (length < headBytes || length > maxMessageBytes) {
            throw new Error(`a message of ${length} bytes`);
        }
        if (this.#size < length) {
            return null;
        }
        const joined = this.#join(length);
        this.#chunks[0] = joined.subarray(length);
        this.#size -= length;
        return joined.subarray(0, length);
    }

    /** Joins chunks only as far as needed, so that a large message is copied once and not once per chunk. */
    #join(bytes: number): Buffer {
        const first = this.#chunks[0] ?? Buffer.alloc(0);
        if (first.length >= bytes) {
            return first;
        }
        const joined = Buffer.concat(this.#chunks);
        this.#chunks = [joined];
        return joined;
    }
}

/** A message's type: one character. */
export function typeOf(message: Buffer): string {
    return String.fromCharCode(message[0] ?? 0);
}

export function makeMessage(type: string, body: Buffer | string = ""): Buffer {
    const bytes = Buffer.from(body);
    const head = Buffer.alloc(5, type);
    head.writeUInt32BE(bytes.length + 4, 1);
    return Buffer.concat([head, bytes]);
}

export function makeQuery(sql: string): Buffer {
    return makeMessage("Q", `${sql}\0`);
}

export function makeStartup(settings: Readonly<Record<string, string>>): Buffer {
    const pairs = Object.entries(settings).map(([name, value]) => `${name}\0${value}\0`);
    const body = Buffer.from(`${pairs.join("")}\0`);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length + 8, 0);
    head.writeUInt32BE(protocolVersion3, 4);
    return Buffer.concat([head, body]);
}

/** The settings in a startup message. */
export function parseStartup(message: Buffer): ReadonlyMap<string, string> {
    const words = message.toString("utf8", 8).split("\0");
    const settings = new Map<string, string>();
    for (let index = 0; (words[index] ?? "") !== ""; index += 2) {
        settings.set(words[index] ?? "", words[index + 1] ?? "");
    }
    return settings;
}

export function makeError(severity: "ERROR" | "FATAL", sqlState: string, message: string, hint: string): Buffer {
    return makeMessage("E", `S${severity}\0V${severity}\0C${sqlState}\0M${message}\0H${hint}\0\0`);
}

/** ReadyForQuery of a session without a transaction. */
export const readyIdle = makeMessage("Z", "I");

/** The name of the prepared statement that a Parse, Bind, Describe or Close message is about; null if it has none. */
export function statementNameOrNull(message: Buffer): string | null {
    switch (typeOf(message)) {
        case "P":
            return readText(message, 5) || null;
        case "B":
            return readText(message, message.indexOf(0, 5) + 1) || null;
        case "D":
        case "C":
            return message[5] === 0x53 ? readText(message, 6) || null : null;
        default:
            return null;
    }
}

function readText(message: Buffer, start: number): string {
    return message.toString("utf8", start, message.indexOf(0, start));
}

/** The values of all DataRow messages in a backend's answer, in text format. */
export function parseRows(answer: Buffer): (string | null)[][] {
    const rows: (string | null)[][] = [];
    for (let start = 0; start < answer.length; start += 1 + answer.readUInt32BE(start + 1)) {
        if (answer[start] === 0x44) {
            rows.push(parseRow(answer, start + 5));
        }
    }
    return rows;
}

function parseRow(answer: Buffer, start: number): (string | null)[] {
    const values: (string | null)[] = [];
    let offset = start + 2;
    for (let count = answer.readUInt16BE(start); count > 0; count--) {
        const size = answer.readInt32BE(offset);
        offset += 4;
        values.push(size < 0 ? null : answer.toString("utf8", offset, offset + size));
        offset += Math.max(size, 0);
    }
    return values;
}
