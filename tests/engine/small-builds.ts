import type { Database } from "../../src/database/database.js";
import type { BuildOptions } from "../../src/engine/build-options.js";
import { runBuild } from "../../src/engine/build.js";
import type { BuildEvent, ModelResult, RunSummary } from "../../src/engine/events.js";

/** Runs a build of everything; in warehouses this small it insists on rebuilding entities rather than whole models. */
export function build(database: Database, options: Partial<BuildOptions> = {}): Promise<RunSummary> {
    return runBuild(database, {
        command: "build",
        select: [],
        exclude: [],
        fullRefresh: false,
        failFast: false,
        threads: database.kind === "server" ? 2 : 1,
        wholeModelShare: 1_000_000,
        signal: new AbortController().signal,
        onEvent: () => undefined,
        ...options,
    });
}

/** The result of one model. */
export function modelOf(summary: RunSummary, modelName: string): ModelResult {
    const found = summary.models.find((model) => model.modelName === modelName);
    if (found === undefined) {
        throw new Error(`${modelName} is not in the run`);
    }
    return found;
}

/** Status of each model, in build order. */
export function statusesOf({ models }: RunSummary): Record<string, string> {
    return Object.fromEntries(models.map(({ modelName, status }) => [modelName, status]));
}

/** For each built table model: its scope, and rows inserted, updated, deleted and unchanged. */
export function changesOf({ models }: RunSummary): Record<string, string> {
    return Object.fromEntries(
        models.flatMap(({ modelName, scope, rows }) => {
            if (rows === null || scope === null) {
                return [];
            }
            const what = scope.kind === "entities" ? `${scope.entityCount} entities` : scope.kind;
            return [[modelName, `${what}: +${rows.inserted} ~${rows.updated} -${rows.deleted} =${rows.unchanged}`]];
        }),
    );
}

/** Status and count of failing rows of each test that ran, by name. */
export function testsOf({ tests }: RunSummary): Record<string, string> {
    return Object.fromEntries(
        [...tests]
            .sort((one, other) => (one.testName < other.testName ? -1 : 1))
            .map(({ testName, status, failingCount }) => [testName, `${status} ${failingCount}`]),
    );
}

/** Collects events as they come. */
export function collectEvents(): { readonly events: BuildEvent[]; readonly onEvent: (event: BuildEvent) => void } {
    const events: BuildEvent[] = [];
    return { events, onEvent: (event) => events.push(event) };
}

/** Rows as arrays of text or null, in column order. */
export async function rowsOf(
    database: Database,
    sql: string,
    parameters: readonly unknown[] = [],
): Promise<(readonly (string | null)[])[]> {
    return database.withTransaction(async (connection) => [...(await connection.queryText(sql, parameters)).rows]);
}

/** Lands versions of customers: `[id, name, modified_at]`. */
export async function landCustomers(
    database: Database,
    ...versions: readonly (readonly [id: number | null, name: string | null, modifiedAt: string | null])[]
): Promise<void> {
    for (const [id, name, modifiedAt] of versions) {
        await database.query("insert into staging.customer (id, name, modified_at) values ($1, $2, $3)", [
            id,
            name,
            modifiedAt,
        ]);
    }
}

/** A version of an order; a status and an amount unless said otherwise. */
export interface OrderVersion {
    readonly id: number | null;
    readonly customer?: number | null;
    readonly status?: string | null;
    readonly amount?: string | null;
    readonly modifiedAt?: string | null;
}

/** Lands versions of orders. */
export async function landOrders(database: Database, ...versions: readonly OrderVersion[]): Promise<void> {
    for (const version of versions) {
        const { id, customer = 1, status = "PAID", amount = "10", modifiedAt = "2025-01-01" } = version;
        await database.query(
            "insert into staging.orders (id, customer, status, amount, modified_at) values ($1, $2, $3, $4, $5)",
            [id, customer, status, amount, modifiedAt],
        );
    }
}
