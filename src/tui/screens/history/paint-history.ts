import type { PastRun } from "../../../runs/run-history.js";
import type { RunOutcome } from "../../../runs/run-outcome.js";
import type { RunProgress } from "../../app/builds/run-progress.js";
import type { ListDetailOptions } from "../../kit/list-detail/list-detail.js";
import type { Loaded } from "../../kit/load.js";
import {
    formatPastRunLine,
    formatPastRunTitles,
    layOutPastRuns,
    lookOfPastRun,
    type RunEntry,
} from "./past-run-line.js";
import { describeRun, formatRunHead, formatRunTail, type RunItem } from "./paint-run.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { RunFilter } from "../../../runs/run-pages.js";
import { makeVisible } from "../../../text/visible-text.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";

/** What the list needs besides the runs themselves. */
export interface RunListPicture {
    /** The running run, or the last one seen. */
    readonly current: RunProgress | null;
    readonly isMarked: (runId: string) => boolean;
    readonly outcomeOf: (runId: string) => Loaded<RunOutcome>;
    readonly open: (run: PastRun, item: RunItem) => void;
    readonly nowMs: number;
    readonly theme: Theme;
}

/** The look of the list of runs, and of the outcome of each beside it. */
export function makeRunList(
    picture: () => RunListPicture,
): Pick<ListDetailOptions<RunEntry>, "shares" | "keepsTop" | "titles" | "lineOf" | "headOf" | "describe" | "footOf"> {
    return {
        shares: { two: { share: 0.56, least: 62 }, three: null },
        keepsTop: true,
        titles: (width) => formatPastRunTitles(layOutPastRuns(width), picture().theme),
        lineOf: ({ run, isNewest }, width) => {
            const { isMarked, ...context } = picture();
            return formatPastRunLine(
                run,
                { ...context, isNewest, isMarked: isMarked(run.runId) },
                layOutPastRuns(width),
            );
        },
        headOf: ({ run, isNewest }, width) => {
            const known = picture();
            return formatRunHead(run, lookOfPastRun(run, { ...known, isNewest }), { ...known, width });
        },
        describe: ({ run }, { width }) => {
            const { outcomeOf, open, theme } = picture();
            const openItem = (item: RunItem): void => {
                open(run, item);
            };
            return describeRun(outcomeOf(run.runId), openItem, width, theme);
        },
        footOf: ({ run }, _pane, width) => {
            const { outcomeOf, theme } = picture();
            const { value } = outcomeOf(run.runId);
            return value === null ? [] : formatRunTail(value, width, theme);
        },
    };
}

/** `History   1,234 runs`, or `History of fct_orders` while only its runs are listed. */
export function formatHistoryTitle(count: number | null, filter: RunFilter, width: number, theme: Theme): string {
    const of = filter.modelName === null ? "" : ` of ${makeVisible(filter.modelName)}`;
    const total = count === null ? "" : `   ${formatQuantity(count, "run")}`;
    return fitStyled(`${theme.style("strong", `History${of}`)}${filter.modelName === null ? total : ""}`, width);
}

/** The body while there is no run to list. */
export function paintNoHistory(
    {
        isRead,
        error,
        isFiltered,
        theme,
    }: {
        readonly isRead: boolean;
        readonly error: Error | null;
        /** The line above the list says what is left out. */
        readonly isFiltered: boolean;
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
    return isFiltered
        ? []
        : ["", ...text("Nothing was built yet."), "", ...text("3 goes to the Build screen, where b plans a build.")];
}
