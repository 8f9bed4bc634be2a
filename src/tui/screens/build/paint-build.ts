import { formatDuration } from "../../../text/format-values.js";
import type { ConnectionState } from "../../app/app.js";
import type { LeftTime } from "../../app/builds/estimate-left.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { formatModelBlocks, formatModelFacts, type FailingRowsOfModel } from "./model-details.js";
import type { ModelContext } from "../../app/lines/model-line.js";
import { formatRunCounts, formatRunMessage, type RunLineOptions } from "../../app/lines/run-lines.js";
import type { Loaded } from "../../kit/load.js";
import type { ModelProgress, RunProgress } from "../../app/builds/run-progress.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";

/** The lines above the list of models. */
export function formatBuildHead(run: RunProgress, left: LeftTime | null, options: RunLineOptions): readonly string[] {
    return [formatRunCounts(run, left, options), ...formatRunMessage(run, options)];
}

/** The description of a model, beside the list. */
export function describeModel(
    model: ModelProgress,
    context: ModelContext,
    failing: FailingRowsOfModel | null,
    { width, theme }: { readonly width: number; readonly theme: Theme },
): readonly DetailLine[] {
    const blocks = formatModelBlocks(model, context, failing, { width, theme, hasHints: false });
    return [
        ...toDetailLines(formatModelFacts(model, context, width, theme)),
        ...blocks.flatMap(({ kind, testName, lines: [first = "", ...others] }): readonly DetailLine[] => [
            { text: first, ...(kind === "test" ? { target: { screen: "tests", testName } } : {}) },
            ...toDetailLines([...others, ""]),
        ]),
    ];
}

/** A step of preparing the database, shown before there is a build. */
export interface PreparationStep {
    readonly text: string;
    /** How far the step is; null when that is not known. */
    readonly progress: string | null;
    readonly startedAtMs: number;
    readonly endedAtMs: number | null;
}

export interface EmptyBuildPicture {
    readonly connection: ConnectionState;
    readonly steps: readonly PreparationStep[];
    readonly reading: Loaded<unknown>;
    /** A past run that was asked for. */
    readonly runId: string | null;
    readonly nowMs: number;
    readonly theme: Theme;
}

/** The body while there is no run to show. */
export function paintNoBuild(picture: EmptyBuildPicture, { columns, rows }: TerminalSize): readonly string[] {
    const { connection, reading, runId, theme } = picture;
    const text = (words: string): readonly string[] => wrapText(words, columns - 4).map((line) => `  ${line}`);
    if (connection.kind === "opening") {
        return ["", ...formatSteps(picture, columns).slice(-(rows - 1))];
    }
    if (reading.isLoading) {
        return ["", ...text(runId === null ? "Reading the last run …" : `Reading run ${runId} …`)];
    }
    if (reading.error !== null) {
        return ["", ...text(`${theme.symbols.failed} ${reading.error.message}`), "", ...text("r reads it again.")];
    }
    return runId === null
        ? [
              "",
              ...text("Nothing was built yet."),
              "",
              ...text("b chooses what to build and shows the plan before it starts."),
          ]
        : ["", ...text(`There is no run ${runId}.`), "", ...text("7 lists the runs there are.")];
}

function formatSteps({ steps, nowMs, theme }: EmptyBuildPicture, width: number): readonly string[] {
    return steps.map(({ text, progress, startedAtMs, endedAtMs }) => {
        if (endedAtMs === null) {
            const far = progress === null ? "" : `  ${progress}`;
            const line = ` ${theme.symbols.running} ${text}  ${formatClock(nowMs - startedAtMs)}${far}`;
            return theme.style("running", fitText(line, width));
        }
        const tookMs = endedAtMs - startedAtMs;
        // A step that only reports something took no time.
        const took = tookMs < 50 ? "" : `  ${theme.style("dim", formatDuration(tookMs))}`;
        return ` ${theme.style("ok", theme.symbols.ok)} ${text}${took}`;
    });
}
