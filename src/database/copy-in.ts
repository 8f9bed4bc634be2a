import type { ClientBase, Submittable } from "pg";
import { wrapStatementError } from "./errors.js";

/**
 * Runs a `copy … from stdin` with rows.
 *
 * @param rows in COPY's text format: https://www.postgresql.org/docs/current/sql-copy.html
 */
export async function sendCopy(client: ClientBase, sql: string, rows: string, serverName: string): Promise<void> {
    try {
        await new Promise<void>((resolve, reject) => {
            client.query(new CopyIn(sql, rows, resolve, reject));
        });
    } catch (error) {
        throw wrapStatementError(error, sql, serverName);
    }
}

/** Values of one row in COPY's text format. */
export function formatCopyRow(values: readonly (string | null)[]): string {
    return `${values.map((value) => (value === null ? "\\N" : value.replaceAll(/[\\\n\r\t]/g, escapeForCopy))).join("\t")}\n`;
}

const copyEscapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeForCopy(character: string): string {
    return copyEscapes[character] ?? character;
}

/** Methods of pg's connections that its types leave out. */
interface PgConnection {
    readonly stream: { cork(): void; uncork(): void };
    query(sql: string): void;
    sendCopyFromChunk(bytes: Buffer): void;
    endCopyFrom(): void;
}

const pieceBytes = 256 * 1024;

/** A COPY in the form in which pg's client takes a query. */
class CopyIn implements Submittable {
    constructor(
        private readonly sql: string,
        private readonly rows: string,
        private readonly resolve: () => void,
        private readonly reject: (error: unknown) => void,
    ) {}

    submit(connection: unknown): void {
        (connection as PgConnection).query(this.sql);
    }

    handleCopyInResponse(connection: PgConnection): void {
        connection.stream.cork();
        const bytes = Buffer.from(this.rows);
        for (let start = 0; start < bytes.length; start += pieceBytes) {
            connection.sendCopyFromChunk(bytes.subarray(start, start + pieceBytes));
        }
        connection.endCopyFrom();
        connection.stream.uncork();
    }

    handleCommandComplete(): void {
        // Nothing to collect: handleReadyForQuery resolves.
    }

    handleError(error: unknown): void {
        this.reject(error);
    }

    handleReadyForQuery(): void {
        this.resolve();
    }
}
