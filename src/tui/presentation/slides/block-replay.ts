import type { RecordedRun } from "../../../deck/block-content.js";
import { formatQuantity } from "../../../explore/format-values.js";
import { countTotals, type RunProgress } from "../../run-progress.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../theme.js";
import { formatModelLine, formatModelTitles, layOutModelColumns, type ModelContext } from "../model-line.js";
import { formatRunCounts, formatRunTitle } from "../run-lines.js";
import { makeReplayProgress } from "./replay-progress.js";

/** Lines above the models: title, counts, titles of the columns. */
export const replayFrameRows = 3;

/** How far a recording has been played. */
export interface ReplayPlace {
    readonly elapsedMs: number;
    readonly nowMs: number;
}

/** A recorded run, drawn by what draws one that is going on. Null shows it as it ended. */
export function formatReplay(
    recorded: RecordedRun,
    place: ReplayPlace | null,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const nowMs = place?.nowMs ?? 0;
    const run = makeReplayProgress(recorded, place?.elapsedMs ?? Infinity, nowMs);
    const options = { nowMs, width: columns, theme };
    const widths = layOutModelColumns(columns);
    const context: ModelContext = {
        durations: [],
        wait: null,
        waitsFor: [],
        leadingColumnsOf: () => [],
        nowMs,
    };
    const room = rows - replayFrameRows;
    const names = chooseModels(run, room);
    const left = run.modelNames.length - names.length;
    return [
        formatRunTitle(run, null, options),
        formatRunCounts(run, null, options),
        formatModelTitles(widths, theme),
        ...names.flatMap((name) => {
            const model = run.models.get(name);
            return model === undefined ? [] : [formatModelLine(model, context, widths, theme)];
        }),
        ...(left === 0 ? [] : [theme.style("dim", `${theme.symbols.ellipsis} ${formatQuantity(left, "model")} more`)]),
    ];
}

/** Views do nothing in a build: they go first where there is too little room, then what comes last. */
function chooseModels(run: RunProgress, room: number): readonly string[] {
    if (run.modelNames.length <= room) {
        return run.modelNames;
    }
    const tables = run.modelNames.filter(
        (name) => run.models.get(name)?.scope?.kind !== "view" || countTotals(run).endedModelCount === 0,
    );
    return (tables.length <= room - 1 ? tables : run.modelNames).slice(0, Math.max(1, room - 1));
}
