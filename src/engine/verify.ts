import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { keepDigitsSql } from "../database/exact-numbers.js";
import { beginOnClusterSql, isCluster } from "../warehouse/citus.js";
import { loadRegistry, type TableModel } from "../warehouse/registry.js";
import { withBuildLock, type RunEntry } from "../runs/build-lock.js";
import { loadBuildState } from "../runs/build-state.js";
import type { ChangedRow } from "../runs/changed-rows.js";
import type { RowCounts, RunEnd } from "../runs/run.js";
import { makeGraph } from "./graph.js";
import { mergeModel } from "./merge.js";
import { loadLandingFacts, withoutCounters } from "./landing-mark.js";
import { makeDamageError, makePlan, type PlannedModel } from "./plan.js";
import { logRunFinished } from "../runs/run-log.js";
import { selectModels } from "./select.js";
import { loadSelectionState } from "./selection-state.js";
import { loadShapeChangeOrNull } from "../warehouse/table-shape.js";
import { loadTargets, type Target } from "./target.js";

/** How many differing rows of a model are shown. */
const maxShownRows = 10;

export interface VerifyResult {
    readonly modelName: string;
    /** `behind`: it differs, and the plan has something to build for it; `differs`: it differs although it should not. */
    readonly status: "equal" | "differs" | "behind";
    /** What the plan would build for it, as `orders: 12 new rows`; null if nothing. */
    readonly reason: string | null;
    /** The user must accept first that rows of a landing table are gone. */
    readonly isRefused: boolean;
    /** What a full refresh would change. */
    readonly rows: RowCounts;
    /** A sample. */
    readonly differences: readonly ChangedRow[];
}

export interface VerifyOptions extends Pick<RunEntry, "onWait" | "signal"> {
    readonly select: readonly string[];
    readonly exclude: readonly string[];
    /** Called as each model is compared. */
    readonly onResult: (result: VerifyResult) => void;
}

/**
 * Compares every selected table row by row with a full refresh: recomputes the tables in DAG order in one transaction, each from the
 * recomputed ones before it, and rolls that back. Readers notice nothing; builds wait.
 */
export async function verifyModels(database: Database, options: VerifyOptions): Promise<readonly VerifyResult[]> {
    const graph = makeGraph(await loadRegistry(database));
    const selectors = [...options.select, ...options.exclude];
    const state = await loadSelectionState(database, graph, selectors);
    const modelNames = selectModels(graph, options.select, options.exclude, state);
    const tables = modelNames
        .map((name) => graph.models.get(name))
        .filter((model): model is TableModel => model?.materialisation === "table");
    for (const { name } of tables) {
        const damage = graph.damageOrNull(name);
        if (damage !== null) {
            throw makeDamageError(name, damage);
        }
    }
    const entry = {
        ...options,
        command: "verify",
        selection: selectors.join(" "),
        fullRefresh: true,
        threads: 1,
    } as const;
    return withBuildLock(database, entry, async (runId, lockedDatabase) => {
        let status: RunEnd = "failed";
        try {
            const results = await lockedDatabase.withTransaction(
                async (connection) => {
                    if (await isCluster(connection)) {
                        await connection.query(beginOnClusterSql);
                    }
                    const plan = await makePlan(connection, graph, await loadBuildState(connection), {
                        modelNames: graph.order,
                        fullRefresh: false,
                        refreshed: null,
                        acceptSourceShrink: false,
                        // No counters: verify counts every landing row itself, to find what a build may miss.
                        facts: withoutCounters(await loadLandingFacts(connection, graph.sources.values())),
                    });
                    const behind = new Map(
                        plan.models
                            .filter(({ action }) => action !== "none")
                            .map((planned) => [planned.modelName, planned]),
                    );
                    const targets = await loadTargets(connection, tables);
                    const found: VerifyResult[] = [];
                    for (const target of targets.values()) {
                        const result = await verifyModel(connection, target, behind.get(target.model.name) ?? null);
                        options.onResult(result);
                        found.push(result);
                    }
                    return found;
                },
                { isolation: "repeatable read", isRehearsal: true, signal: options.signal },
            );
            status = results.every((result) => result.status !== "differs") ? "ok" : "failed";
            return results;
        } finally {
            await logRunFinished(lockedDatabase, runId, status, null);
        }
    });
}

async function verifyModel(
    connection: Connection,
    target: Target,
    planned: PlannedModel | null,
): Promise<VerifyResult> {
    if ((await loadShapeChangeOrNull(connection, target.model)) !== null) {
        // A comparison would have to change the table's columns, which locks out readers.
        return {
            modelName: target.model.name,
            status: "behind",
            reason: planned?.reason ?? "its columns are not those that it is defined with",
            isRefused: planned?.action === "refused",
            rows: { inserted: 0, updated: 0, deleted: 0, unchanged: 0 },
            differences: [],
        };
    }
    const { isFirstLoad, inserted, updated, deleted, unchanged } = await mergeModel(connection, target, {
        kind: "all",
    });
    const rows: RowCounts = { inserted, updated, deleted, unchanged };
    const isEqual = rows.inserted + rows.updated + rows.deleted === 0;
    return {
        modelName: target.model.name,
        status: isEqual ? "equal" : planned === null ? "differs" : "behind",
        reason: isEqual ? null : (planned?.reason ?? null),
        isRefused: !isEqual && planned?.action === "refused",
        rows,
        differences: isEqual || isFirstLoad ? [] : await loadDifferences(connection, target),
    };
}

async function loadDifferences(connection: Connection, { staging }: Target): Promise<readonly ChangedRow[]> {
    const { rows } = await connection.query<ChangedRow>(
        `select operation, ${keepDigitsSql("to_jsonb(old_row)")} as before, ${keepDigitsSql("to_jsonb(new_row)")} as after
        from ${staging.changedRows}
        limit ${maxShownRows}`,
    );
    return rows;
}
