import type { CustomTypesConfig, PoolClient, QueryConfig } from "pg";
import { wrapStatementError } from "./errors.js";

/** One row by column name. */
export type Row = Record<string, unknown>;

export interface QueryResult<T> {
    readonly rows: readonly T[];
    /** Rows returned, inserted, updated or deleted. */
    readonly rowCount: number;
}

export interface Field {
    readonly name: string;
    /** Object id of the type in `pg_type`. */
    readonly typeId: number;
    /**
     * The relation (`pg_class`) and the number of the column that it is, unchanged, through subqueries and joins; 0 for anything else:
     * https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-ROWDESCRIPTION
     */
    readonly relationId: number;
    readonly columnNumber: number;
}

/** A result as PostgreSQL wrote it: every value is its text form, or null. */
export interface TextResult {
    readonly fields: readonly Field[];
    readonly rows: readonly (readonly (string | null)[])[];
}

/** One connection, lent for the time of a callback. */
export interface Connection {
    /**
     * Runs one statement. Values arrive as: boolean, int2/int4/float8 → number, json/jsonb → parsed, text[] → array;
     * everything else (int8, numeric, dates, timestamps) → text, so that nothing is lost.
     *
     * @throws StatementError, ConnectionError
     */
    query<T extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<QueryResult<T>>;
    /** Runs one statement and keeps every value as text, in column order. */
    queryText(sql: string, parameters?: readonly unknown[]): Promise<TextResult>;
    /** Changes settings until the transaction ends. */
    setLocally(settings: Readonly<Record<string, string>>): Promise<void>;
    /** The backend's process id: what `pg_cancel_backend` wants. */
    readonly backendPid: number | null;
}

const parsers = new Map<number, (text: string) => unknown>([
    [16, (text) => text === "t"],
    [21, Number],
    [23, Number],
    [26, Number],
    [700, Number],
    [701, Number],
    [114, (text) => JSON.parse(text) as unknown],
    [3802, (text) => JSON.parse(text) as unknown],
]);

const asText = (text: string): string => text;

/** Parses what JavaScript holds without loss and leaves the rest as text. */
export function makeTypes(textArrayParser: (text: string) => unknown): CustomTypesConfig {
    const all = new Map(parsers).set(1009, textArrayParser).set(1003, textArrayParser);
    return { getTypeParser: (typeId: number) => all.get(typeId) ?? asText };
}

const textTypes = { getTypeParser: () => asText } as CustomTypesConfig;

/** The process id of a client's backend; pg's types do not name it. */
export function backendPidOrNull(client: PoolClient): number | null {
    return "processID" in client && typeof client.processID === "number" ? client.processID : null;
}

/**
 * - `any`: texts without parameters go by the simple protocol, which takes several statements and is a round trip shorter.
 * - `single`: PostgreSQL refuses a text of several statements before any of it runs.
 */
export type StatementsAtATime = "any" | "single";

export function makeConnection(
    client: PoolClient,
    serverName: string,
    statementsAtATime: StatementsAtATime = "any",
): Connection {
    const protocol = statementsAtATime === "single" ? { queryMode: "extended" } : {};
    const connection: Connection = {
        backendPid: backendPidOrNull(client),
        async query<T extends object>(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<T>> {
            try {
                const config: QueryConfig = { text: sql, values: [...parameters], ...protocol };
                const result = await client.query<T & Row>(config);
                return { rows: result.rows, rowCount: result.rowCount ?? 0 };
            } catch (error) {
                throw wrapStatementError(error, sql, serverName);
            }
        },
        async queryText(sql, parameters = []) {
            try {
                const config: QueryConfig & { rowMode: "array" } = {
                    text: sql,
                    values: [...parameters],
                    types: textTypes,
                    rowMode: "array",
                    ...protocol,
                };
                const result = await client.query<(string | null)[]>(config);
                return {
                    fields: result.fields.map((field) => ({
                        name: field.name,
                        typeId: field.dataTypeID,
                        relationId: field.tableID,
                        columnNumber: field.columnID,
                    })),
                    rows: result.rows,
                };
            } catch (error) {
                throw wrapStatementError(error, sql, serverName);
            }
        },
        setLocally: async (settings) => {
            const calls = Object.keys(settings).map(
                (_name, place) => `pg_catalog.set_config($${2 * place + 1}, $${2 * place + 2}, true)`,
            );
            await connection.query(`select ${calls.join(", ")}`, Object.entries(settings).flat());
        },
    };
    return connection;
}
