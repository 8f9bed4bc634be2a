import pg from "pg";
import type { ClientBase, CustomTypesConfig, QueryConfig } from "pg";
import { wrapStatementError } from "./errors.js";
import type { PgResult } from "./statement-group.js";

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
     * The relation (`pg_class`) and column that the field comes from unchanged, through subqueries and joins; 0 for computed values:
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

export interface StatementOptions {
    /** True for the last statement: a READ ONLY transaction then ends in the same round trip. */
    readonly isLast?: boolean;
}

/** One connection, valid while a callback runs. */
export interface Connection {
    /**
     * Runs one statement. Values arrive as: boolean, int2/int4/float8 → number, json/jsonb → parsed, text[] → array;
     * everything else (int8, numeric, dates, timestamps) → text, so that no precision is lost.
     *
     * @throws StatementError, ConnectionError
     */
    query<T extends object = Row>(
        sql: string,
        parameters?: readonly unknown[],
        options?: StatementOptions,
    ): Promise<QueryResult<T>>;
    /** Runs one statement and keeps every value as text, in column order. */
    queryText(sql: string, parameters?: readonly unknown[], options?: StatementOptions): Promise<TextResult>;
    /** Runs a `copy … from stdin` with rows in COPY's text format. */
    copyIn(sql: string, rows: string): Promise<void>;
    /** Changes settings from the next statement until the transaction ends. */
    setLocally(settings: Readonly<Record<string, string>>): Promise<void>;
    /**
     * The same connection: aborting `signal` cancels its running statement and refuses further ones. The reason is thrown at once; the
     * next statement on the connection waits until the cancelled one has ended.
     */
    withSignal(signal: AbortSignal): Connection;
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

// text[] is 1009, name[] 1003; the type declarations name only scalar types.
const textArrayParser = pg.types.getTypeParser(1009 as never) as (text: string) => unknown;
const allParsers = new Map(parsers).set(1009, textArrayParser).set(1003, textArrayParser);

/** Parses types that JavaScript can hold without loss and leaves the others as text. */
const dataTypes: CustomTypesConfig = { getTypeParser: (typeId: number) => allParsers.get(typeId) ?? asText };

const textTypes = { getTypeParser: () => asText } as CustomTypesConfig;

/** One statement to run. */
export interface Statement {
    readonly sql: string;
    readonly parameters: readonly unknown[];
    /** True to return rows as arrays of text in column order. */
    readonly isText: boolean;
    readonly isLast: boolean;
    readonly runsWith: SettingsKind;
}

/** `pinned`: the settings for stardeck's own SQL. `role`: some of them have the role's values, for SQL that a person wrote. */
export type SettingsKind = "pinned" | "role";

/** Runs one statement after the other. */
export interface StatementRunner {
    run(statement: Statement, signal: AbortSignal): Promise<PgResult>;
    copyIn(sql: string, rows: string, signal: AbortSignal): Promise<void>;
    /** Changes settings of the transaction before the next statement. */
    setLocally(settings: Readonly<Record<string, string>>): void;
}

export function makeConnection(
    runner: StatementRunner,
    signal: AbortSignal,
    runsWith: SettingsKind = "pinned",
): Connection {
    return {
        async query<T extends object>(
            sql: string,
            parameters: readonly unknown[] = [],
            { isLast = false }: StatementOptions = {},
        ): Promise<QueryResult<T>> {
            const { rows, rowCount } = await runner.run({ sql, parameters, isText: false, isLast, runsWith }, signal);
            return { rows: rows as T[], rowCount: rowCount ?? 0 };
        },
        async queryText(sql, parameters = [], { isLast = false } = {}) {
            const { rows, fields } = await runner.run({ sql, parameters, isText: true, isLast, runsWith }, signal);
            return {
                fields: fields.map((field) => ({
                    name: field.name,
                    typeId: field.dataTypeID,
                    relationId: field.tableID,
                    columnNumber: field.columnID,
                })),
                rows: rows as (string | null)[][],
            };
        },
        copyIn: (sql, rows) => runner.copyIn(sql, rows, signal),
        setLocally: (settings) => {
            runner.setLocally(settings);
            return Promise.resolve();
        },
        withSignal: (other) => makeConnection(runner, AbortSignal.any([signal, other]), runsWith),
    };
}

/** A statement in the form that pg takes. */
export function makeQueryConfig({
    sql,
    parameters,
    isText,
}: Pick<Statement, "sql" | "parameters" | "isText">): QueryConfig & { readonly rowMode?: "array" } {
    return {
        text: sql,
        values: [...parameters],
        ...(isText ? { types: textTypes, rowMode: "array" } : { types: dataTypes }),
    };
}

/**
 * Sends one statement by itself. Text without parameters goes by the simple protocol, which allows several statements in one text and
 * saves a round trip.
 */
export async function sendStatement(
    client: ClientBase,
    statement: Pick<Statement, "sql" | "parameters" | "isText">,
    serverName: string,
): Promise<PgResult> {
    try {
        return await client.query(makeQueryConfig(statement));
    } catch (error) {
        throw wrapStatementError(error, statement.sql, serverName);
    }
}
