import { formatQuantity } from "../../../text/format-values.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatAge } from "../../kit/lines/format-ago.js";
import { formatShort, lookOfModel, shortenCount } from "../../app/lines/model-line.js";
import { lookOfResult, lookOfTest, type Look } from "../../kit/lines/state-look.js";
import { formatTitles, layOutNamed, type ListColumn } from "../../kit/lines/table-lines.js";
import {
    shortTestName,
    type GroupItem,
    type ModelItem,
    type ModelsItem,
    type SourceItem,
    type TestItem,
} from "./models-list.js";

const columns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "name", width: "fill" },
    { title: "last", width: 5 },
    { title: "data", width: 5 },
    { title: "tests", width: 7, align: "right" },
    { title: "rows", width: 6, align: "right" },
    { title: "kind", width: 5 },
    { title: "time", width: 6, align: "right" },
    { title: "ago", width: 8, align: "right" },
];
/** Symbol, name and state are always shown. */
const leastColumns = 3;
const leastNameWidth = 24;

export interface ModelsLineOptions {
    readonly width: number;
    readonly nowMs: number;
    readonly theme: Theme;
}

function widthsFor(width: number): readonly number[] {
    return layOutNamed(columns, width, { keep: leastColumns, least: leastNameWidth });
}

export function formatModelsTitles(width: number, theme: Theme): string {
    return formatTitles(columns, widthsFor(width), theme);
}

/** A line of the list, exactly `width` cells wide. */
export function formatModelsLine(item: ModelsItem, options: ModelsLineOptions): string {
    switch (item.kind) {
        case "group":
            return formatGroup(item, options);
        case "source":
            return formatSource(item, options);
        case "model":
            return formatModel(item, options);
        case "test":
            return formatTest(item, options);
    }
}

/** Symbol and name, then the cells; cells of columns that do not fit are left out. */
function joinCells(
    [role, symbol, word]: Look,
    name: string,
    cells: readonly { readonly text: string; readonly role?: Role }[],
    { width, theme }: ModelsLineOptions,
): string {
    const widths = widthsFor(width);
    const style = (text: string, as: Role | undefined): string => (as === undefined ? text : theme.style(as, text));
    const fitted = [{ text: word, role }, ...cells].map(({ text, role: as }, index) => {
        const place = index + leastColumns - 1;
        const fittedText = fitText(text, widths[place] ?? 0, columns[place]?.align);
        return fittedText === "" ? "" : style(fittedText, as);
    });
    const line = [style(fitText(symbol, 1), role), name, ...fitted.filter((cell) => cell !== "")].join(" ");
    return fitStyled(line, width);
}

function nameWidth(width: number): number {
    return widthsFor(width)[1] ?? 0;
}

/** `▾ warehouse  6 models, 2 to look at` */
function formatGroup(
    { name, layer, isFolded, count, problemCount }: GroupItem,
    { width, theme }: ModelsLineOptions,
): string {
    const arrow = theme.isAscii ? (isFolded ? "+" : "-") : isFolded ? "▸" : "▾";
    const what = formatQuantity(count, layer === null ? "source" : "model");
    const problems = problemCount === 0 ? "" : `, ${problemCount} to look at`;
    return fitStyled(`${arrow} ${theme.style("strong", name)}  ${theme.style("dim", `${what}${problems}`)}`, width);
}

/** Colour, symbol and word of a model: in the running build, else by its last result. */
export function lookOfItem({ listed, progress, damage }: ModelItem, theme: Theme): Look {
    if (progress !== null && progress.status !== "ok") {
        return lookOfModel(progress, { wait: null }, theme);
    }
    if (damage !== null) {
        return ["failed", theme.symbols.failed, "gone"];
    }
    const hasWarned = (listed?.warnedTestCount ?? 0) > 0;
    const hasFailed = (listed?.failedTestCount ?? 0) > 0;
    return hasFailed && listed?.lastStatus === "ok"
        ? lookOfResult("failed", false, theme)
        : lookOfResult(listed?.lastStatus ?? null, hasWarned, theme);
}

function formatModel(item: ModelItem, options: ModelsLineOptions): string {
    const { model, listed, staleness } = item;
    const { width, theme, nowMs } = options;
    const isView = model.materialisation === "view";
    const isStale = staleness !== null && staleness.kind !== "fresh";
    return joinCells(
        lookOfItem(item, theme),
        fitText(model.name, nameWidth(width)),
        [
            {
                text: staleness === null ? "" : isView ? noneSymbol(theme) : staleness.kind,
                role: isStale ? "warned" : "dim",
            },
            formatTestCount(item, theme),
            { text: formatEstimate(listed?.estimatedRows ?? null, theme) },
            { text: model.materialisation, role: "dim" },
            { text: formatTime(listed?.lastBuildMs), role: "dim" },
            { text: formatTimeAgo(listed?.lastRunAtMs, nowMs), role: "dim" },
        ],
        options,
    );
}

function formatTime(durationMs: number | null | undefined): string {
    return typeof durationMs === "number" ? formatShort(durationMs) : "";
}

function formatTimeAgo(atMs: number | null | undefined, nowMs: number): string {
    return typeof atMs === "number" ? formatAge(atMs, nowMs) : "";
}

function noneSymbol({ isAscii }: Theme): string {
    return isAscii ? "-" : "–";
}

/** `6/6 ✓`, `4/6 ✗`: how many data tests passed, of all. */
function formatTestCount({ listed }: ModelItem, theme: Theme): { readonly text: string; readonly role: Role } {
    const {
        testCount = 0,
        failedTestCount = 0,
        warnedTestCount = 0,
        knownTestCount = 0,
        lastStatus = null,
    } = listed ?? {};
    if (testCount === 0) {
        return { text: noneSymbol(theme), role: "dim" };
    }
    if (lastStatus === null) {
        return { text: `${testCount}`, role: "dim" };
    }
    const passed = `${testCount - failedTestCount - warnedTestCount - knownTestCount}/${testCount}`;
    const [role, symbol] = lookOfTest(
        failedTestCount > 0 ? "failed" : warnedTestCount > 0 ? "warned" : "passed",
        theme,
    );
    return { text: `${passed} ${symbol}`, role };
}

/** `≈12k`; empty when there is no estimate. */
function formatEstimate(rows: number | null, { isAscii }: Theme): string {
    return rows === null ? "" : `${isAscii ? "~" : "≈"}${shortenCount(rows)}`;
}

/** Colour, symbol and word of a source. */
export function lookOfSource({ listed, freshness }: SourceItem, { symbols }: Theme): Look {
    switch (listed?.state) {
        case undefined:
            return ["dim", symbols.queued, ""];
        case "missing":
            return ["failed", symbols.failed, "gone"];
        case "unreadable":
            return ["failed", symbols.failed, "shut"];
        case "differs":
            return ["warned", symbols.warned, "other"];
        case "found":
            break;
    }
    return freshness === "much too old"
        ? ["failed", symbols.failed, "old"]
        : freshness === "stale"
          ? ["warned", symbols.warned, "late"]
          : ["ok", symbols.ok, "found"];
}

function formatSource(item: SourceItem, options: ModelsLineOptions): string {
    const { source, listed, news, freshness } = item;
    const { width, theme } = options;
    const look = lookOfSource(item, theme);
    return joinCells(
        look,
        fitText(source.name, nameWidth(width)),
        [
            { text: freshness === "fresh" ? "fresh" : "", role: "dim" },
            { text: "" },
            { text: formatEstimate(listed?.estimatedRows ?? null, theme) },
            { text: "table", role: "dim" },
            { text: "" },
            { text: freshness === null ? "" : formatTimeAgo(news?.newestMs, options.nowMs), role: "dim" },
        ],
        options,
    );
}

/** `└ unique.order_id  warn  17 rows` */
function formatTest({ test, last, isHeld }: TestItem, options: ModelsLineOptions): string {
    const { width, theme, nowMs } = options;
    const look = lookOfTest(last?.status ?? null, theme, isHeld);
    const branch = theme.isAscii ? "`" : "└";
    const failing = last === null || last.status === "passed" ? "" : shortenCount(last.failingCount);
    return joinCells(
        [look[0], " ", look[2]],
        fitText(`${branch} ${shortTestName(test)}`, nameWidth(width)),
        [
            { text: test.severity, role: "dim" },
            { text: failing, role: look[0] },
            { text: "" },
            { text: "test", role: "dim" },
            { text: formatTime(last?.durationMs), role: "dim" },
            { text: formatTimeAgo(last?.ranAtMs, nowMs), role: "dim" },
        ],
        options,
    );
}
