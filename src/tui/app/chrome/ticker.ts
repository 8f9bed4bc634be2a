import type { LeftTime } from "../builds/estimate-left.js";
import { countTotals, isRunning, type RunProgress } from "../builds/run-progress.js";
import type { Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { formatLeft } from "../lines/run-lines.js";

/** The running build in one line, for every screen; empty when nothing runs. */
export function formatTicker(
    run: RunProgress | null,
    left: LeftTime | null,
    nowMs: number,
    width: number,
    theme: Theme,
): string {
    if (run === null || !isRunning(run)) {
        return "";
    }
    const { models, endedModelCount } = countTotals(run);
    const parts = [
        run.isCancelling ? "cancelling" : `${run.command} ${endedModelCount}/${run.modelNames.length}`,
        formatClock(nowMs - run.startedAtMs),
        ...(left === null ? [] : [formatLeft(left, theme)]),
        ...(models.failed === 0 ? [] : [`${models.failed} failed`]),
        ...(run.startedBy === null ? [] : [`by ${run.startedBy}`]),
        "3 shows it",
    ];
    const role = models.failed > 0 ? "failed" : "running";
    return theme.style(role, fitText(` ${theme.symbols.running} ${parts.join("  ")}`, width));
}
