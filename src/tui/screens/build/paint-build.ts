import { formatDuration } from "../../../text/format-values.js";
import type { ConnectionState } from "../../app/app.js";
import type { LeftTime } from "../../app/builds/estimate-left.js";
import { paneCount } from "../../kit/layout.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { formatModelBlocks, formatModelFacts, type FailingRowsOfModel } from "./model-details.js";
import { formatModelTitles, layOutModelColumns, type ModelContext } from "../../app/lines/model-line.js";
import { formatRunCounts, formatRunMessage } from "../../app/lines/run-lines.js";
import type { Loaded } from "../../kit/load.js";
import type { ModelProgress, RunProgress } from "../../app/builds/run-progress.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";
import { viewBuildList, type BuildItem, type BuildListView } from "./build-list.js";

/** How wide the list is, and the pane beside it; 0 for none. */
export interface BuildPanes {
    readonly listWidth: number;
    readonly paneWidth: number;
}

export function layOutBuild(columns: number, isZoomed: boolean): BuildPanes {
    if (paneCount(columns) === 1 || isZoomed) {
        return { listWidth: columns, paneWidth: 0 };
    }
    const listWidth = Math.max(66, Math.floor(columns * 0.55));
    return { listWidth, paneWidth: columns - listWidth - 3 };
}

export interface BuildPicture {
    readonly run: RunProgress;
    readonly left: LeftTime | null;
    readonly items: readonly BuildItem[];
    /** Index of the selected item. */
    readonly cursor: number;
    readonly offset: number;
    /** Says what is left out of the list; empty when nothing is. */
    readonly filterNote: string;
    readonly panes: BuildPanes;
    /** The model that the cursor is on or in. */
    readonly selected: {
        readonly model: ModelProgress;
        readonly context: ModelContext;
        readonly failing: FailingRowsOfModel | null;
    } | null;
    readonly nowMs: number;
    readonly theme: Theme;
}

/** The painted body, and what each of its lines is. */
export interface PaintedBuild {
    readonly lines: readonly string[];
    readonly list: BuildListView;
    /** Where the list begins. */
    readonly listTop: number;
    readonly listHeight: number;
}

export function paintBuild(picture: BuildPicture, { columns, rows }: TerminalSize): PaintedBuild {
    const { run, left, items, cursor, offset, panes, theme, nowMs, filterNote } = picture;
    const options = { nowMs, width: columns, theme };
    const head = [
        formatRunCounts(run, left, options),
        ...formatRunMessage(run, options),
        ...(filterNote === "" ? [] : [theme.style("accent", fitStyled(` ${filterNote}`, columns))]),
    ];
    const titles = ` ${formatModelTitles(layOutModelColumns(panes.listWidth - 1), theme)}`;
    const listHeight = Math.max(1, rows - head.length - 1);
    const list = viewBuildList(items, { cursor, offset, height: listHeight, width: panes.listWidth, theme });
    const pane = panes.paneWidth === 0 ? [] : paintPane(picture, panes.paneWidth);
    const separator = panes.paneWidth === 0 ? "" : ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    const body = [titles, ...list.lines];
    const lines = Array.from({ length: listHeight + 1 }, (_, row) =>
        panes.paneWidth === 0
            ? (body[row] ?? "")
            : `${fitStyled(body[row] ?? "", panes.listWidth)}${separator}${fitStyled(pane[row] ?? "", panes.paneWidth)}`,
    );
    return { lines: [...head, ...lines].slice(0, rows), list, listTop: head.length + 1, listHeight };
}

function paintPane({ selected, theme }: BuildPicture, width: number): readonly string[] {
    if (selected === null) {
        return [];
    }
    const { model, context, failing } = selected;
    return [
        ...formatModelFacts(model, context, width, theme),
        ...formatModelBlocks(model, context, failing, { width, theme, hasHints: false }).flatMap(({ lines }) => [
            ...lines,
            "",
        ]),
    ];
}

/** What was done before there was a build to show. */
export interface PreparationStep {
    readonly text: string;
    /** How far it is, where that can be told. */
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
        // What was but said took no time.
        const took = tookMs < 50 ? "" : `  ${theme.style("dim", formatDuration(tookMs))}`;
        return ` ${theme.style("ok", theme.symbols.ok)} ${text}${took}`;
    });
}
