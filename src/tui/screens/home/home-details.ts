import { formatCount, formatDuration, formatQuantity } from "../../../text/format-values.js";
import { titleOf } from "../../../browse/present-model.js";
import { describeHeadlineOrNull } from "../../../browse/describe-headline.js";
import type { Graph } from "../../../engine/graph.js";
import { drawChart, formatChartPane } from "../../kit/lines/chart-pane.js";
import { formatChanges } from "../../app/lines/describe-run.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { lookOfRun, nameRun } from "../../app/lines/run-lines.js";
import { countTotals, hasProblem, type RunProgress } from "../../app/builds/run-progress.js";
import { countChangedRows } from "../../../runs/run.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { describeSource, formatTest, type HomeLineOptions } from "./home-lines.js";
import type { HomeItem } from "./home-items.js";

export interface HomeDetailOptions extends HomeLineOptions {
    readonly rows: number;
    readonly graph: Graph;
}

/** The description of the selected item, for the pane beside the list. */
export function formatHomeDetail(item: HomeItem, options: HomeDetailOptions): readonly string[] {
    const { width, theme, isReadOnly } = options;
    const head = (title: string): readonly string[] => [theme.style("strong", fitText(title, width)), ""];
    const text = (words: string): readonly string[] => (words === "" ? [] : wrapText(words, width));
    const hint = (words: string): readonly string[] => ["", ...text(words).map((line) => theme.style("dim", line))];
    switch (item.kind) {
        case "run":
            return [...formatRunDetail(item.run, options), ...hint(hintOfRun(item.run, isReadOnly))];
        case "first build":
            return [
                ...head("Nothing was built yet"),
                ...text("The models are there, and their tables are empty."),
                ...hint(
                    isReadOnly
                        ? "Opened for reading only: `stardeck build` builds."
                        : "Enter plans a build of everything.",
                ),
            ];
        case "stale":
            return [
                ...head(formatQuantity(item.stale.length, "stale model")),
                ...item.stale.flatMap(({ modelName, reason }) => text(`${modelName}: ${reason}`)),
                ...(item.maybeCount === 0
                    ? []
                    : ["", ...text(`${formatQuantity(item.maybeCount, "model")} downstream may change with them.`)]),
                ...hint(isReadOnly ? "" : "Enter plans their build and shows it before it starts."),
            ];
        case "damage":
            return [
                ...head(item.modelName),
                ...text(`${item.problem}.`),
                ...hint(
                    "Put what it reads back in its place, then make the models anew: `stardeck migrate --rollback`, `stardeck migrate`.",
                ),
            ];
        case "known warnings":
            return [
                ...head(formatQuantity(item.tests.length, "known warning")),
                ...item.tests.flatMap((known) => [
                    formatTest(known, options),
                    ...text(known.test.known ?? "").map((line) => theme.style("dim", line)),
                ]),
                ...hint("Enter lists all data tests."),
            ];
        case "more tests":
            return [...head(formatQuantity(item.count, "more data test")), ...hint("Enter lists all data tests.")];
        case "test": {
            const { test, last } = item;
            const count = last.failingCount;
            return [
                ...head(test.name),
                ...text(test.description),
                ...text(
                    last.status === "broken"
                        ? (last.message ?? "")
                        : `${formatQuantity(count, "row")} failed it in run ${last.runId}.`,
                ),
                ...text(
                    test.severity === "warn"
                        ? "It warns: the model is published all the same."
                        : "It keeps its model from being published.",
                ),
                ...hint("Enter shows the failing rows."),
            ];
        }
        case "mart":
            return formatMartDetail(item, options);
        case "source":
            return formatSourceDetail(item, options);
    }
}

function hintOfRun(run: RunProgress, isReadOnly: boolean): string {
    const isUnfinished = run.state === "failed" || run.state === "crashed" || run.state === "cancelled";
    return isUnfinished && !isReadOnly
        ? "Enter shows every model of it; R takes up what failed, was skipped or cancelled."
        : "Enter shows every model of it.";
}

function formatRunDetail(run: RunProgress, { width, theme, nowMs, rows }: HomeDetailOptions): readonly string[] {
    const totals = countTotals(run);
    const [role, symbol, word] = lookOfRun(run, totals, theme);
    const atMs = run.endedAtMs ?? run.startedAtMs;
    const facts = [
        `${run.endedAtMs === null ? "started" : "ended"} ${formatAgo(atMs, nowMs)}`,
        ...(run.endedAtMs === null ? [] : [`took ${formatDuration(run.endedAtMs - run.startedAtMs)}`]),
    ];
    const failed = totals.tests.failed + totals.tests.broken;
    const tests = [
        ...(totals.tests.passed === 0 ? [] : [`${totals.tests.passed} passed`]),
        ...(totals.tests.warned === 0 ? [] : [`${totals.tests.warned} warned`]),
        ...(totals.tests.known === 0 ? [] : [`${totals.tests.known} known`]),
        ...(failed === 0 ? [] : [`${failed} failed`]),
    ];
    const models = run.modelNames.flatMap((name) => run.models.get(name) ?? []);
    const bad = models.filter((model) => model.status === "failed" || (hasProblem(model) && model.message !== null));
    const changed = models
        .flatMap(({ modelName, rows: counts, status }) =>
            counts !== null && status === "ok" && countChangedRows(counts) > 0 ? [{ modelName, counts }] : [],
        )
        .sort((one, other) => countChangedRows(other.counts) - countChangedRows(one.counts));
    const shown = changed.slice(0, Math.max(3, rows - 12));
    return [
        theme.style("strong", fitText(nameRun(run), width)),
        fitStyled(`${theme.style(role, `${symbol} ${word}`)}  ${facts.join(", ")}`, width),
        ...(run.startedBy === null ? [] : [theme.style("dim", fitText(`by ${run.startedBy}`, width))]),
        ...(tests.length === 0 ? [] : [fitText(`data tests: ${tests.join(", ")}`, width)]),
        ...(run.message === null || run.message === "" ? [] : wrapText(run.message, width)),
        ...bad.flatMap(({ modelName, message }) => [
            "",
            theme.style("failed", fitText(`${theme.symbols.failed} ${modelName}`, width)),
            ...wrapText(message ?? "", width - 2).map((line) => `  ${line}`),
        ]),
        "",
        theme.style("dim", fitText(changed.length === 0 ? "No row changed." : "changed rows", width)),
        ...shown.map(({ modelName, counts }) => {
            const text = formatChanges(counts);
            return `${fitText(modelName, Math.max(8, width - text.length - 1))} ${text}`;
        }),
        ...(shown.length < changed.length
            ? [theme.style("dim", `${theme.symbols.ellipsis} ${formatCount(changed.length - shown.length)} more`)]
            : []),
    ];
}

type MartItem = HomeItem & { readonly kind: "mart" };
type MartOptions = Pick<HomeDetailOptions, "width" | "rows" | "theme" | "dataThroughMs">;

/** A mart's question, its answer in numbers, and its chart with a sentence. */
function formatMartDetail(item: MartItem, options: MartOptions): readonly string[] {
    const { width, rows, theme, dataThroughMs } = options;
    const { model, headline } = item;
    const head = [
        ...formatQuestion(item, width, theme),
        theme.style("dim", fitText(`${model.schema}.${model.name}`, width)),
    ];
    const value = headline?.value ?? null;
    if (value === null) {
        return [...head, "", ...formatNoHeadline(item, width, theme)];
    }
    const words = describeHeadlineOrNull(value, dataThroughMs);
    const numbers =
        value.sentence !== null && value.rowCount > 0
            ? ["", ...formatSentence(value.sentence, width, theme)]
            : words === null
              ? []
              : [
                    "",
                    fitStyled(`${theme.style("strong", words.value)} ${words.measure}, ${words.of}`, width),
                    ...[words.change, words.rest].flatMap((part) => (part === "" ? [] : wrapText(part, width))),
                ];
    const chartRows = Math.min(26, rows - head.length - numbers.length - 1);
    const note = value.isWhole ? "" : `Drawn from ${formatCount(value.rowCount)} of its rows.`;
    return [
        ...head,
        ...numbers,
        "",
        ...(chartRows < 6 ? [] : formatChartPane(value.chart, { columns: width, rows: chartRows }, note, theme)),
    ];
}

/** As many marts as fit with a chart, one below the other. */
export function formatMarts(marts: readonly MartItem[], options: MartOptions): readonly string[] {
    const leastRows = 14;
    const shown = marts.slice(0, Math.max(1, Math.floor(options.rows / leastRows)));
    const height = Math.floor(options.rows / Math.max(1, shown.length));
    return shown.flatMap((mart) => {
        const lines = formatMartGlance(mart, { ...options, rows: height - 1 });
        return [...Array.from({ length: height - 1 }, (_, row) => lines[row] ?? ""), ""];
    });
}

/** A mart's question, its number and its chart, in little space. */
function formatMartGlance(item: MartItem, { width, rows, theme, dataThroughMs }: MartOptions): readonly string[] {
    const value = item.headline?.value ?? null;
    const head = formatQuestion(item, width, theme);
    if (value === null) {
        return [...head, ...formatNoHeadline(item, width, theme)];
    }
    const words = describeHeadlineOrNull(value, dataThroughMs);
    const change = words?.change ?? "";
    const answer =
        value.sentence !== null && value.rowCount > 0
            ? formatSentence(value.sentence, width, theme)
            : words === null
              ? [theme.style("dim", fitText("no rows yet", width))]
              : [
                    fitStyled(
                        `${theme.style("strong", words.value)} ${words.measure}, ${change === "" ? words.of : change}`,
                        width,
                    ),
                ];
    return [
        ...head,
        ...answer,
        ...drawChart(value.chart, { columns: width, rows: Math.max(1, rows - head.length - answer.length) }, theme),
    ];
}

function formatSentence(sentence: string, width: number, theme: Theme): readonly string[] {
    return wrapText(sentence, width).map((line) => theme.style("strong", line));
}

function formatQuestion({ model }: MartItem, width: number, theme: Theme): readonly string[] {
    const lines = wrapText(titleOf(model), width);
    return lines.map((line) => theme.style("strong", line));
}

function formatNoHeadline({ headline }: MartItem, width: number, theme: Theme): readonly string[] {
    const error = headline?.isLoading === false ? headline.error : null;
    return error === null
        ? [theme.style("dim", fitText(`reading ${theme.symbols.ellipsis}`, width))]
        : formatErrorLines(error, width, theme);
}

function formatSourceDetail(
    item: HomeItem & { readonly kind: "source" },
    { width, theme, nowMs, graph }: HomeDetailOptions,
): readonly string[] {
    const { source, news } = item;
    const { role, symbol, word, newest } = describeSource(item, nowMs, theme);
    const problem = news?.problem ?? null;
    const newestAt = news?.newestMs ?? null;
    const readers = graph.downstreamOf(source.name);
    return [
        theme.style("strong", fitText(`${source.schema}.${source.table}`, width)),
        fitStyled(`${theme.style(role, `${symbol} ${word}`)}  ${newest}`, width),
        "",
        ...wrapText(source.description, width),
        ...(problem?.kind === "differs" ? wrapText(problem.differences.join("; "), width) : []),
        ...(problem?.kind === "missing" && problem.foundIn.length > 0
            ? wrapText(`There is a table of this name in ${problem.foundIn.join(", ")}.`, width)
            : []),
        ...(newestAt === null
            ? []
            : wrapText(
                  `Newest record ${new Date(newestAt).toISOString().slice(0, 19).replace("T", " ")} UTC${news?.isAsked === true ? "" : ", as the last build saw it"}.`,
                  width,
              )),
        ...(news?.error ? wrapText(news.error.message, width) : []),
        ...(news?.isDemo === true ? wrapText("Demo data: `stardeck seed --days 1` lands the next day.", width) : []),
        ...(source.warnAfterHours === null || news?.isDemo === true
            ? []
            : wrapText(
                  `Expected within ${source.warnAfterHours} hours; after ${source.errorAfterHours ?? source.warnAfterHours} it is much too old.`,
                  width,
              )),
        ...(readers.length === 0 ? [] : ["", ...wrapText(`Read by ${readers.join(", ")}.`, width)]),
        "",
        theme.style("dim", fitText("Enter shows it among the models, v its rows.", width)),
    ];
}
