import type { Database } from "../database/database.js";
import { withDatabase } from "../database/database.js";
import {
    makeScratchFolder,
    removeDeadScratchFolders,
    removeScratchFolder,
} from "../database/embedded/scratch-folders.js";
import { StatementError, throwIfAborted } from "../database/errors.js";
import { runBuild } from "../engine/build.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import type { RunSummary } from "../engine/events.js";
import { verifyModels, type VerifyResult } from "../engine/verify.js";
import { historySchema } from "../project/source-history.js";
import type { Project } from "../project/project.js";
import { quoteQualified } from "../sql/identifiers.js";
import { runMigrations } from "../warehouse/migrations.js";
import { loadRegistry } from "../warehouse/registry.js";
import { applyChanges, replaceRows } from "./apply-changes.js";
import type { SourceChange, SourceRows } from "./source-rows.js";
import { makeSourceTables, type SourceTable } from "./source-tables.js";

/** A statement over a few rows takes longer only if a model makes endless rows. */
const statementTimeoutMs = 60_000;

/** So high that any number of entities is rebuilt one by one: a model that is rebuilt whole proves nothing. */
const wholeModelShare = 1000;

/** How many blocks at a table's end builds count themselves: few, so that the rest depends on PostgreSQL's counters. */
const tailBlocks = 1;

/** Opens a temporary embedded database, which is deleted afterwards. */
export async function withScratchDatabase<T>(use: (database: Database) => Promise<T>): Promise<T> {
    const folder = await makeScratchFolder("prove");
    try {
        const options = { connectTimeoutMs: 30_000, statementTimeoutMs, maxConnections: 2 };
        return await withDatabase({ kind: "embedded", folder }, options, async (database) => {
            const removal = removeDeadScratchFolders(Date.now());
            try {
                return await use(database);
            } finally {
                await removal;
            }
        });
    } finally {
        await removeScratchFolder(folder);
    }
}

/** How an incremental build of a model went wrong. */
export type Fault =
    | { readonly kind: "differs"; readonly modelName: string; readonly result: VerifyResult }
    /** The build fails although a full refresh does not. */
    | { readonly kind: "fails"; readonly modelName: string; readonly message: string };

export type Outcome =
    | { readonly kind: "equal"; readonly summary: RunSummary }
    | { readonly kind: "fault"; readonly fault: Fault }
    /** A full refresh fails as well, so these rows prove nothing. */
    | { readonly kind: "impossible"; readonly message: string };

/** A project in a scratch database, whose source rows may be changed freely. */
export class ScratchWarehouse {
    private constructor(
        readonly database: Database,
        readonly tables: readonly SourceTable[],
        readonly graph: Graph,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Makes the sources and the models, all empty.
     *
     * @throws StardeckError `failed` if the scratch database cannot hold a table
     */
    static async make(
        database: Database,
        tables: readonly SourceTable[],
        project: Project,
        sourceSchema: string,
        signal: AbortSignal,
    ): Promise<{ readonly warehouse: ScratchWarehouse; readonly left: readonly string[] }> {
        const left = await makeSourceTables(database, tables);
        await runMigrations(database, { project, sourceSchema }, { isApproved: true });
        const graph = makeGraph(await loadRegistry(database));
        return { warehouse: new ScratchWarehouse(database, tables, graph, signal), left };
    }

    /** Starts again: replaces all rows and builds everything from them. */
    async begin(rows: SourceRows, select: readonly string[]): Promise<Outcome> {
        const histories = this.tables.filter(({ source }) => source.keepsHistory);
        await replaceRows(this.database, this.tables, histories.length > 0 ? new Map() : rows);
        if (histories.length > 0) {
            // Emptying the sources adds deletions to the histories; truncate these, so that they start empty.
            await this.build(select, true);
            const names = histories.map(({ source }) => quoteQualified(historySchema, source.name));
            await this.database.query(`truncate ${names.join(", ")}`);
            await replaceRows(this.database, this.tables, rows);
        }
        const summary = await this.build(select, true);
        return summary.status === "ok"
            ? { kind: "equal", summary }
            : { kind: "impossible", message: messageOf(summary) };
    }

    /** Applies changes to the sources, builds, and compares. */
    async advance(
        changes: readonly SourceChange[],
        select: readonly string[],
        compared: readonly string[],
    ): Promise<Outcome> {
        await applyChanges(this.database, this.tables, changes);
        return this.check(select, compared);
    }

    async check(select: readonly string[], compared: readonly string[]): Promise<Outcome> {
        const summary = await this.build(select, false);
        if (summary.status !== "ok") {
            const failed = summary.models.find(({ status }) => status === "failed");
            const whole = await this.build(select, true);
            return whole.status === "ok"
                ? {
                      kind: "fault",
                      fault: { kind: "fails", modelName: failed?.modelName ?? "", message: messageOf(summary) },
                  }
                : { kind: "impossible", message: messageOf(whole) };
        }
        const results = await this.compare(compared);
        if (results instanceof StatementError) {
            return { kind: "impossible", message: results.message };
        }
        const result = results.find(({ status }) => status !== "equal");
        return result === undefined
            ? { kind: "equal", summary }
            : { kind: "fault", fault: { kind: "differs", modelName: result.modelName, result } };
    }

    private async build(select: readonly string[], fullRefresh: boolean): Promise<RunSummary> {
        const summary = await runBuild(this.database, {
            command: "run",
            select,
            exclude: [],
            fullRefresh,
            failFast: false,
            threads: 1,
            acceptSourceShrink: fullRefresh,
            wholeModelShare,
            tailBlocks,
            signal: this.signal,
            onEvent: () => undefined,
        });
        throwIfAborted(this.signal);
        return summary;
    }

    /** Compares with a full refresh; returns PostgreSQL's error if the tables cannot be computed. */
    private async compare(compared: readonly string[]): Promise<readonly VerifyResult[] | StatementError> {
        try {
            return await verifyModels(this.database, {
                select: compared,
                exclude: [],
                onResult: () => undefined,
                signal: this.signal,
            });
        } catch (error) {
            throwIfAborted(this.signal);
            if (error instanceof StatementError) {
                return error;
            }
            throw error;
        }
    }
}

function messageOf({ models }: RunSummary): string {
    const failed = models.find(({ status }) => status === "failed");
    return failed === undefined ? "the build failed" : `${failed.modelName}: ${failed.message ?? "failed"}`;
}
