import type { RecordedRun } from "../../../../deck/block-content.js";
import type { WatchedModel } from "../../../../runs/watch-run.js";
import { formatQuantity } from "../../../../text/format-values.js";
import type { RunProgress } from "../../../app/builds/run-progress.js";
import type { TerminalSize } from "../../../terminal/open-terminal.js";
import type { Theme } from "../../../kit/theme.js";
import {
    formatModelLine,
    formatModelTitles,
    layOutModelColumns,
    type ModelContext,
} from "../../../app/lines/model-line.js";
import { formatRunCounts, formatRunTitle } from "../../../app/lines/run-lines.js";
import { makeReplayProgress } from "./replay-progress.js";

/** Lines above the models: title, counts, titles of the columns. */
export const replayFrameRows = 3;

/** The position in a recorded run. */
export interface ReplayPlace {
    readonly elapsedMs: number;
    readonly nowMs: number;
}

/** A recorded run, drawn like a running one; without a place, as it ended. */
export function formatReplay(
    recorded: RecordedRun,
    place: ReplayPlace | null,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const nowMs = place?.nowMs ?? 0;
    const run = makeReplayProgress(recorded, place?.elapsedMs ?? Infinity, nowMs);
    const options = { nowMs, width: columns, theme };
    const widths = layOutModelColumns(columns, false);
    const context: ModelContext = {
        durations: [],
        wait: null,
        waitsFor: [],
        leadingColumnsOf: () => [],
        nowMs,
    };
    const room = rows - replayFrameRows;
    const names = chooseModels(recorded, run, room);
    const left = run.modelNames.length - names.length;
    const areViews = left === recorded.run.models.filter(isView).length;
    return [
        formatRunTitle(run, null, options),
        formatRunCounts(run, null, options),
        formatModelTitles(widths, theme),
        ...names.flatMap((name) => {
            const model = run.models.get(name);
            return model === undefined ? [] : [formatModelLine(model, context, widths, theme)];
        }),
        ...(left === 0
            ? []
            : [
                  theme.style(
                      "dim",
                      `${theme.symbols.ellipsis} ${formatQuantity(left, areViews ? "view" : "model")} more`,
                  ),
              ]),
    ];
}

/** The models to show. When not all fit, views are left out, as a build does nothing for them, and the last started model stays in view. */
function chooseModels(recorded: RecordedRun, { modelNames, models }: RunProgress, room: number): readonly string[] {
    if (modelNames.length <= room) {
        return modelNames;
    }
    const tables = recorded.run.models.filter((model) => !isView(model)).map(({ modelName }) => modelName);
    const shown = Math.max(1, room - 1);
    const begun = tables.findLastIndex((name) => models.get(name)?.status !== "queued");
    // Show the next model below it, too.
    const first = Math.max(0, Math.min(begun + 2 - shown, tables.length - shown));
    return tables.slice(first, first + shown);
}

function isView({ scope }: WatchedModel): boolean {
    return scope?.kind === "view";
}
