import pg from "pg";
import type { ClientBase, FieldDef, QueryConfig, Submittable } from "pg";

/** pg's result of one statement. */
export interface PgResult {
    readonly rows: unknown[];
    readonly fields: readonly FieldDef[];
    readonly rowCount: number | null;
}

export interface GroupStatement {
    readonly config: QueryConfig & { readonly rowMode?: "array" };
    /** Called as soon as its result arrives, which may be long before the group ends. */
    readonly onResult?: (result: PgResult) => void;
}

/** A statement of a group failed; those after it were not run. */
export class GroupError extends Error {
    /** The statement's index in the group. */
    readonly index: number;

    constructor(index: number, cause: unknown) {
        super("a statement of a group failed", { cause });
        this.name = "GroupError";
        this.index = index;
    }
}

/**
 * Sends statements together in one round trip. Each has its own Parse message, in which PostgreSQL refuses a text of several statements.
 * One Sync follows all of them: after an error the server skips the rest. See
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 *
 * @param flushBefore index of a statement; the server sends the results so far before it runs this statement
 * @throws GroupError
 */
export function sendGroup(
    client: ClientBase,
    statements: readonly GroupStatement[],
    flushBefore: number,
): Promise<readonly PgResult[]> {
    return new Promise((resolve, reject) => {
        client.query(new Group(statements, flushBefore, resolve, reject));
    });
}

/** Methods of pg's connections and queries that its types leave out. */
interface PgConnection {
    readonly stream: { cork(): void; uncork(): void };
    flush(): void;
    sync(): void;
}

interface PgQuery {
    submit(connection: PgConnection): void;
    handleRowDescription(message: unknown): void;
    handleDataRow(message: unknown): void;
    handleCommandComplete(message: unknown, connection: PgConnection): void;
    handleError(error: unknown, connection: PgConnection): void;
    handleReadyForQuery(connection: PgConnection): void;
    handleCopyInResponse(connection: PgConnection): void;
}

/** For pg's client this is one query; it passes each answer of the server to the statement that it belongs to. */
class Group implements Submittable {
    readonly #queries: readonly PgQuery[];
    readonly #flushBefore: number;
    readonly #results: PgResult[] = [];
    readonly #resolve: (results: readonly PgResult[]) => void;
    readonly #reject: (error: GroupError) => void;

    constructor(
        statements: readonly GroupStatement[],
        flushBefore: number,
        resolve: (results: readonly PgResult[]) => void,
        reject: (error: GroupError) => void,
    ) {
        this.#flushBefore = flushBefore;
        this.#resolve = resolve;
        this.#reject = reject;
        this.#queries = statements.map(({ config, onResult }) => {
            const query = new pg.Query(
                { ...config, queryMode: "extended" } as QueryConfig,
                (error: Error | null | undefined, result) => {
                    if (error === null || error === undefined) {
                        this.#results.push(result);
                        onResult?.(result);
                    } else {
                        this.handleError(error);
                    }
                },
            );
            return query as unknown as PgQuery;
        });
    }

    submit(given: unknown): void {
        const connection = given as PgConnection;
        const withoutSync = Object.create(connection, { sync: { value: () => undefined } }) as PgConnection;
        connection.stream.cork();
        this.#queries.forEach((query, index) => {
            if (index > 0 && index === this.#flushBefore) {
                connection.flush();
            }
            query.submit(withoutSync);
        });
        connection.sync();
        connection.stream.uncork();
    }

    handleRowDescription(message: unknown): void {
        this.#current()?.handleRowDescription(message);
    }

    handleDataRow(message: unknown): void {
        this.#current()?.handleDataRow(message);
    }

    handleCommandComplete(message: unknown, connection: PgConnection): void {
        const query = this.#current();
        query?.handleCommandComplete(message, connection);
        query?.handleReadyForQuery(connection);
    }

    handleEmptyQuery(connection: PgConnection): void {
        this.#current()?.handleReadyForQuery(connection);
    }

    handleCopyInResponse(connection: PgConnection): void {
        this.#current()?.handleCopyInResponse(connection);
    }

    handleCopyData(): void {
        // The data of a COPY to stdout is dropped, as in pg's own queries.
    }

    handleError(error: unknown): void {
        this.#reject(new GroupError(this.#results.length, error));
    }

    handleReadyForQuery(): void {
        this.#resolve(this.#results);
    }

    #current(): PgQuery | undefined {
        return this.#queries[this.#results.length];
    }
}
