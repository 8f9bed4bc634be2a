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

/** Longer than this no statement over a few rows takes, unless a model makes rows without end. */
const statementTimeoutMs = 60_000;

/** Entities are rebuilt however many they are: a model that is rebuilt whole proves nothing. */
const wholeModelShare = 1000;

/** Of the end of a table only this much is looked at whatever PostgreSQL's counters say. */
const tailBlocks = 1;

/** Opens an embedded database of its own, which goes with what is in it. */
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

/** What became of a model that is not as a full refresh would make it. */
export type Fault =
    | { readonly kind: "differs"; readonly modelName: string; readonly result: VerifyResult }
    /** The build fails where a full refresh does not. */
    | { readonly kind: "fails"; readonly modelName: string; readonly message: string };

export type Outcome =
    | { readonly kind: "equal"; readonly summary: RunSummary }
    | { readonly kind: "fault"; readonly fault: Fault }
    /** A full refresh fails as well: with these rows the project has no answer. */
    | { readonly kind: "impossible"; readonly message: string };

/** A project over sources whose rows are ours to change. */
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
     * @throws StardeckError `failed` for what the scratch database cannot hold
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

    /** Begins anew with these rows, everything built from them. */
    async begin(rows: SourceRows, select: readonly string[]): Promise<Outcome> {
        const histories = this.tables.filter(({ source }) => source.keepsHistory);
        await replaceRows(this.database, this.tables, histories.length > 0 ? new Map() : rows);
        if (histories.length > 0) {
            // With the last row the history notes that all are gone; a history that begins anew is empty.
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

    /** Does something to the sources, builds, and compares. */
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

    /** What PostgreSQL says where the tables cannot be computed. */
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
