import type { PoolClient } from "pg";
import {
    makeQueryConfig,
    sendStatement,
    type SettingsKind,
    type Statement,
    type StatementRunner,
} from "./connection.js";
import { sendCopy } from "./copy-in.js";
import { wrapStatementError } from "./errors.js";
import {
    buildBeginSql,
    buildRepinSql,
    buildRoleSettingsSql,
    type BeginOptions,
    type Begun,
    type RoleSetting,
} from "./session-settings.js";
import { GroupError, sendGroup, type GroupStatement, type PgResult } from "./statement-group.js";
import type { StatementLane } from "./statement-lane.js";

export interface TransactionStart extends BeginOptions {
    /** Settings that have the role's own values while SQL of a person runs. */
    readonly roleSettings: readonly RoleSetting[];
    /** True to allow one statement a text: PostgreSQL then refuses a text of several before any of it runs. */
    readonly takesOneStatement: boolean;
    /** Whether the server shall send `Begun` before the first statement has ended. */
    readonly flushesBegun: boolean;
}

export interface Transaction extends StatementRunner {
    /** Begins at once. Without this call, the transaction begins together with its first statement, in one round trip. */
    begin(signal: AbortSignal): Promise<Begun>;
    /** Waits for the last statement, then ends the transaction if it has begun. */
    end(command: "commit" | "rollback"): Promise<void>;
    /** Null before the server has answered. */
    readonly begun: () => Begun | null;
}

export function makeTransaction(
    client: PoolClient,
    lane: StatementLane,
    start: TransactionStart,
    serverName: string,
    onBegun: (begun: Begun) => void,
): Transaction {
    const { roleSettings } = start;
    const [beginSql, settingsSql] = buildBeginSql(start);
    let begun: Begun | null = null;
    /** Statements to send before the next one, in the same group. */
    let waiting: readonly GroupStatement[] = [
        { config: { text: beginSql } },
        {
            config: makeQueryConfig({ sql: settingsSql, parameters: [], isText: false }),
            onResult: ({ rows }) => {
                begun = rows[0] as Begun;
                onBegun(begun);
            },
        },
    ];
    let state: "new" | "open" | "spoiled" | "ended" = "new";
    let current: SettingsKind = "pinned";

    function checkOpen(): void {
        if (state === "spoiled" || state === "ended") {
            throw new Error("the transaction has ended");
        }
    }

    async function send(statement: Statement): Promise<PgResult> {
        checkOpen();
        changeSettings(statement.runsWith);
        if (waiting.length === 0 && !start.takesOneStatement) {
            return sendStatement(client, statement, serverName);
        }
        const before = waiting.length;
        const endsHere = start.access === "read only" && statement.isLast;
        const results = await sendTogether([
            ...waiting,
            { config: makeQueryConfig(statement) },
            ...(endsHere ? [{ config: { text: "rollback" } }] : []),
        ]);
        state = endsHere ? "ended" : state;
        const result = results[before];
        if (result === undefined) {
            throw new Error("pg gave no result");
        }
        return result;
    }

    function changeSettings(wanted: SettingsKind): void {
        if (roleSettings.length > 0 && wanted !== current) {
            const changes = wanted === "role" ? buildRoleSettingsSql(roleSettings) : [buildRepinSql(roleSettings)];
            waiting = [...waiting, ...changes.map((text) => ({ config: { text } }))];
            current = wanted;
        }
    }

    async function sendTogether(group: readonly GroupStatement[]): Promise<readonly PgResult[]> {
        const before = waiting.length;
        waiting = [];
        state = "open";
        try {
            return await sendGroup(client, group, start.flushesBegun ? before : 0);
        } catch (error) {
            if (!(error instanceof GroupError)) {
                throw error;
            }
            // If beginning failed, further statements would run outside a transaction.
            state = error.index < before ? "spoiled" : state;
            throw wrapStatementError(error.cause, group[error.index]?.config.text ?? "", serverName);
        }
    }

    return {
        begun: () => begun,
        run: (statement, signal) => lane.run(statement.sql, () => send(statement), signal),
        copyIn: (sql, rows, signal) =>
            lane.run(
                sql,
                async () => {
                    checkOpen();
                    if (waiting.length > 0) {
                        await sendTogether(waiting);
                    }
                    await sendCopy(client, sql, rows, serverName);
                },
                signal,
            ),
        setLocally: (settings) => {
            waiting = [...waiting, makeSettingsStatement(settings)];
        },
        begin: async (signal) => {
            await lane.run(beginSql, () => sendTogether(waiting), signal);
            if (begun === null) {
                throw new Error("the server has not answered to the beginning of a transaction");
            }
            return begun;
        },
        end: async (command) => {
            await lane.whenIdle();
            if (state === "open" || state === "spoiled") {
                state = "ended";
                await sendStatement(client, { sql: command, parameters: [], isText: false }, serverName);
            }
        },
    };
}

function makeSettingsStatement(settings: Readonly<Record<string, string>>): GroupStatement {
    const calls = Object.keys(settings).map(
        (_name, place) => `pg_catalog.set_config($${2 * place + 1}, $${2 * place + 2}, true)`,
    );
    return { config: { text: `select ${calls.join(", ")}`, values: Object.entries(settings).flat() } };
}
