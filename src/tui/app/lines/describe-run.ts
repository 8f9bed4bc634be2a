import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import type { Tone } from "../../kit/screen.js";
import { countTotals, type RunProgress, type RunTotals } from "../builds/run-progress.js";

/** A run that has ended, in one line: `Run 12 is done after 3.2 s: 14 models, 1 data test warned, rows +12 ~40 -0.` */
export function describeEnd(run: RunProgress): string {
    const name = run.runId === null ? `The ${run.command}` : `Run ${run.runId}`;
    const state = run.state === "ok" ? "is done" : run.state === "failed" ? "failed" : `was ${run.state}`;
    const duration = formatDuration((run.endedAtMs ?? run.startedAtMs) - run.startedAtMs);
    if (run.command === "verify") {
        // Verify compares the published rows and builds no model.
        return `${name} (verify) ${state} after ${duration}.`;
    }
    if (run.modelNames.length === 0) {
        return `${name} did not run: ${run.message ?? run.state}`;
    }
    const totals = countTotals(run);
    const who = run.startedBy === null ? "" : ` by ${run.startedBy}`;
    return `${name}${who} ${state} after ${duration}: ${[describeModels(totals), ...describeProblems(totals), describeRows(totals)].join(", ")}.`;
}

export function toneOfEnd(run: RunProgress): Tone {
    if (run.state !== "ok") {
        return run.state === "cancelled" ? "warned" : "failed";
    }
    return countTotals(run).tests.warned > 0 ? "warned" : "ok";
}

function describeModels({ models }: RunTotals): string {
    const parts = (["ok", "failed", "skipped", "cancelled"] as const).flatMap((state) =>
        models[state] === 0 ? [] : [`${formatCount(models[state])} ${state}`],
    );
    return parts.length === 1 && models.ok > 0 ? formatQuantity(models.ok, "model") : `models ${parts.join(" ")}`;
}

function describeProblems({ tests }: RunTotals): readonly string[] {
    const bad = tests.failed + tests.broken;
    return [
        ...(bad === 0 ? [] : [`${formatQuantity(bad, "data test")} failed`]),
        ...(tests.warned === 0 ? [] : [`${formatQuantity(tests.warned, "data test")} warned`]),
    ];
}

function describeRows({ rows, changedModelCount }: RunTotals): string {
    return changedModelCount === 0 ? "no row changed" : `rows ${formatChanges(rows)}`;
}

/** `+12 ~40 -0` */
export function formatChanges({
    inserted,
    updated,
    deleted,
}: {
    readonly inserted: number;
    readonly updated: number;
    readonly deleted: number;
}): string {
    return `+${formatCount(inserted)} ~${formatCount(updated)} -${formatCount(deleted)}`;
}
