import { formatQuantity } from "../../../text/format-values.js";
import type { RunFilter } from "../../../runs/run-pages.js";
import { makeVisible } from "../../../text/visible-text.js";
import { paneCount } from "../../kit/layout.js";
import { placeList } from "../../kit/list-state.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { formatPastRunLine, formatPastRunTitles, layOutPastRuns, type PastRunContext } from "./past-run-line.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { paintRun, type PaintedRun, type RunPicture } from "./paint-run.js";
import type { RunWindow } from "./run-window.js";

/** How wide the list of runs is, and what one came to beside it; 0 for what is not shown. */
export interface HistoryPanes {
    readonly listWidth: number;
    readonly runWidth: number;
}

export function layOutHistory(columns: number, pane: "runs" | "run", isZoomed: boolean): HistoryPanes {
    if (paneCount(columns) === 1 || isZoomed) {
        return pane === "runs" ? { listWidth: columns, runWidth: 0 } : { listWidth: 0, runWidth: columns - 1 };
    }
    const listWidth = Math.max(62, Math.floor(columns * 0.56));
    return { listWidth, runWidth: columns - listWidth - 3 };
}

export interface HistoryPicture {
    readonly window: RunWindow;
    readonly cursor: number;
    readonly offset: number;
    readonly marks: readonly string[];
    readonly context: Omit<PastRunContext, "isMarked" | "isNewest">;
    readonly filterNote: string;
    readonly panes: HistoryPanes;
    /** What the selected run came to. */
    readonly run: RunPicture;
}

export interface PaintedHistory {
    readonly lines: readonly string[];
    /** The first run in view, where the list begins and how many lines it has. */
    readonly offset: number;
    readonly topRunId: string | null;
    readonly listTop: number;
    readonly listHeight: number;
    readonly run: PaintedRun | null;
}

export function paintHistory(picture: HistoryPicture, { columns, rows }: TerminalSize): PaintedHistory {
    const { window, cursor, panes, context, filterNote } = picture;
    const { theme } = context;
    const head = filterNote === "" ? [] : [theme.style("accent", fitStyled(` ${filterNote}`, columns))];
    const bodyRows = rows - head.length;
    const listHeight = Math.max(1, bodyRows - 1);
    const { offset } = placeList({ cursor: 0, offset: picture.offset }, cursor, window.runs.length, listHeight);
    const list = panes.listWidth === 0 ? [] : paintList(picture, offset, listHeight);
    const run = panes.runWidth === 0 ? null : paintRun(picture.run, { columns: panes.runWidth, rows: bodyRows });
    const painted = { offset, topRunId: window.runs[offset]?.runId ?? null, listTop: head.length + 1, listHeight, run };
    if (panes.listWidth === 0 || panes.runWidth === 0) {
        return { ...painted, lines: [...head, ...(run?.lines.map((line) => ` ${line}`) ?? list)] };
    }
    const separator = ` ${theme.style("dim", theme.isAscii ? "|" : "│")} `;
    const lines = Array.from(
        { length: bodyRows },
        (_, row) =>
            `${fitStyled(list[row] ?? "", panes.listWidth)}${separator}${fitStyled(run?.lines[row] ?? "", panes.runWidth)}`,
    );
    return { ...painted, lines: [...head, ...lines] };
}

function paintList(
    { window, cursor, marks, context, panes }: HistoryPicture,
    offset: number,
    height: number,
): readonly string[] {
    const { theme } = context;
    const widths = layOutPastRuns(panes.listWidth - 1);
    const shown = window.runs.slice(offset, offset + height);
    return [
        ` ${formatPastRunTitles(widths, theme)}`,
        ...shown.map((run, index) => {
            const place = index + offset;
            const isNewest = place === 0 && !window.hasNewer;
            const line = formatPastRunLine(run, { ...context, isMarked: marks.includes(run.runId), isNewest }, widths);
            return markSelected(line, place === cursor, panes.listWidth, theme);
        }),
    ];
}

/** `1,234 runs`, and where in them. */
export function formatHistoryTitle(count: number | null, filter: RunFilter, width: number, theme: Theme): string {
    const of = filter.modelName === null ? "" : ` of ${makeVisible(filter.modelName)}`;
    const total = count === null ? "" : `   ${formatQuantity(count, "run")}`;
    return fitStyled(`${theme.style("strong", `History${of}`)}${filter.modelName === null ? total : ""}`, width);
}

export function describeRunFilter({ text, modelName, isProblemsOnly }: RunFilter, isEmpty: boolean): string {
    const parts = [
        ...(modelName === null ? [] : [`only runs of ${modelName}`]),
        ...(isProblemsOnly ? ["only what failed or warned"] : []),
        ...(text === "" ? [] : [`only runs with "${text}"`]),
    ];
    return parts.length === 0 ? "" : makeVisible(`${parts.join(", ")}${isEmpty ? ": none" : ""}   esc shows all`);
}

/** The body while there is no run to list. */
export function paintNoHistory(
    {
        isRead,
        error,
        filterNote,
        theme,
    }: {
        readonly isRead: boolean;
        readonly error: Error | null;
        readonly filterNote: string;
        readonly theme: Theme;
    },
    { columns }: TerminalSize,
): readonly string[] {
    const text = (words: string): readonly string[] => wrapText(words, columns - 4).map((line) => `  ${line}`);
    if (error !== null) {
        return ["", ...text(`${theme.symbols.failed} ${error.message}`), "", ...text("r reads it again.")];
    }
    if (!isRead) {
        return ["", ...text("Reading the history …")];
    }
    return filterNote === ""
        ? ["", ...text("Nothing was built yet."), "", ...text("3 goes to the Build screen, where b plans a build.")]
        : ["", ...text(filterNote)];
}
