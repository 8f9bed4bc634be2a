import { formatQuantity } from "../../../text/format-values.js";
import type { RunOfModel } from "../../../runs/model-runs.js";
import { countChangedRows, hasRecomputed } from "../../../runs/run.js";
import { medianOrNull } from "../../../text/median.js";
import { drawSparkline } from "../../kit/charts/sparkline.js";
import { formatChanges } from "../../app/lines/describe-run.js";
import { toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatShort } from "../../app/lines/model-line.js";
import { lookOfResult } from "../../kit/lines/state-look.js";
import type { Loaded } from "../../kit/load.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TabOptions } from "./overview-tab.js";

/** The runs of a model with their times and changes; Enter goes to the selected run. */
export function formatRunsTab(runs: Loaded<readonly RunOfModel[]> | null, options: TabOptions): readonly DetailLine[] {
    const { width, theme } = options;
    const known = runs?.value ?? null;
    if (known === null) {
        const error = runs?.error ?? null;
        return error === null
            ? [{ text: theme.style("dim", "reading its runs …") }]
            : toDetailLines(formatErrorLines(error, width, theme));
    }
    if (known.length === 0) {
        return [{ text: theme.style("dim", "No run has touched it yet: b plans a build.") }];
    }
    return [
        ...toDetailLines(formatCourses(known, options)),
        ...known.map((run) => ({
            text: formatRunLine(run, options),
            target: { screen: "build", runId: run.runId } as const,
        })),
    ];
}

/** Sparklines of the times and changed rows of the builds that did something, the oldest at the left. */
function formatCourses(runs: readonly RunOfModel[], { width, theme }: TabOptions): readonly string[] {
    const builds = runs.filter(hasRecomputed);
    const durations = builds.map(({ durationMs }) => durationMs).reverse();
    const medianMs = medianOrNull(durations.filter((duration) => duration !== null));
    if (medianMs === null || builds.length < 2) {
        return [];
    }
    const changes = builds.map(({ rows }) => (rows === null ? 0 : countChangedRows(rows))).reverse();
    const lineOf = (name: string, values: readonly (number | null)[], about: string): string => {
        const [sparkline = ""] = drawSparkline(values, { width: builds.length, isAscii: theme.isAscii });
        return fitStyled(`${theme.style("dim", fitText(name, 6))} ${sparkline}  ${theme.style("dim", about)}`, width);
    };
    return [
        lineOf("time", durations, `${formatShort(medianMs)}, median of ${formatQuantity(builds.length, "build")}`),
        lineOf("rows", changes, "changed by each"),
        "",
    ];
}

/** `#12  ✓ ok    0.3 s  +12 ~3 -0         2 h ago  12 entities: new rows` */
function formatRunLine(run: RunOfModel, { width, theme, nowMs }: TabOptions): string {
    const [role, symbol, word] = lookOfResult(run.status, false, theme);
    const changes = run.rows === null ? "" : countChangedRows(run.rows) === 0 ? "no change" : formatChanges(run.rows);
    const why = run.status === "ok" ? describeScope(run) : (run.message ?? run.scope?.reason ?? "");
    const when = run.atMs === null ? "" : formatAgo(run.atMs, nowMs);
    const text = [
        fitText(`#${run.runId}`, 5),
        theme.style(role, `${symbol} ${fitText(word, 5)}`),
        fitText(run.durationMs === null || run.scope?.kind === "none" ? "" : formatShort(run.durationMs), 6, "right"),
        fitText(changes, 17),
        theme.style("dim", fitText(when, 10, "right")),
        theme.style("dim", fitText(why, Math.max(0, width - 51)).trimEnd()),
    ].join(" ");
    return fitStyled(text, width);
}

function describeScope({ scope, command }: RunOfModel): string {
    const what =
        scope?.kind === "all"
            ? "all rows"
            : scope?.kind === "entities"
              ? formatQuantity(scope.entityCount, "entity", "entities")
              : "";
    const parts = [what, scope?.reason ?? ""].filter((part) => part !== "");
    return parts.length === 0 ? command : parts.join(": ");
}
