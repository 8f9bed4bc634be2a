import { titleOf } from "../../../browse/present-model.js";
import type { ListedTest } from "../../../runs/test-list.js";
import { formatCount, formatQuantity } from "../../../text/format-values.js";
import { widthOf } from "../../../text/visible-text.js";
import type { LeftTime } from "../../app/builds/estimate-left.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatHeadline } from "./headline-lines.js";
import { formatRunCounts, formatRunTitle } from "../../app/lines/run-lines.js";
import { lookOfTest } from "../../kit/lines/state-look.js";
import { formatCells, layOutColumns, type ListColumn } from "../../kit/lines/table-lines.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import type { Role, Theme } from "../../kit/theme.js";
import { judgeNews } from "../../app/shared-reads.js";
import type { HomeItem, TestOnHome } from "./home-items.js";

export interface HomeLineOptions {
    readonly width: number;
    readonly theme: Theme;
    readonly nowMs: number;
    readonly isReadOnly: boolean;
    readonly left: LeftTime | null;
    /** The time of the newest record of all sources. */
    readonly dataThroughMs: number | null;
}

/** How many lines an item takes. */
export function heightOfHomeItem(item: HomeItem): number {
    const isLong = item.kind === "mart" || (item.kind === "run" && hasCounts(item.run));
    return isLong ? 2 : 1;
}

/** Whether the run has a second line, with its counts: if it is running, failed or crashed. */
function hasCounts(run: RunProgress): boolean {
    return isRunning(run) || run.state === "failed" || run.state === "crashed";
}

/** An item as lines of exactly this width; the first one is marked when the item is selected. */
export function formatHomeItem(item: HomeItem, options: HomeLineOptions): readonly string[] {
    const { width, theme, isReadOnly } = options;
    const line = (role: Role, symbol: string, text: string): string =>
        theme.style(role, fitText(`${symbol} ${text}`, width));
    switch (item.kind) {
        case "run":
            return formatRun(item.run, options);
        case "first build":
            return [
                line(
                    "warned",
                    theme.symbols.warned,
                    `Nothing was built yet.${isReadOnly ? "" : "  Enter plans the first build."}`,
                ),
            ];
        case "stale": {
            const [first] = item.stale;
            const count = item.stale.length;
            const what = count === 1 ? `${first?.modelName ?? ""} is stale` : `${count} models are stale`;
            const hint = isReadOnly ? "" : "  Enter plans their build.";
            return [line("warned", theme.symbols.warned, `${what}: ${first?.reason ?? ""}.${hint}`)];
        }
        case "damage":
            return [line("failed", theme.symbols.failed, `${item.modelName}: ${item.problem}`)];
        case "more tests":
            return [line("dim", theme.symbols.ellipsis, formatQuantity(item.count, "other"))];
        case "known warnings":
            return [
                line(
                    "dim",
                    theme.symbols.warned,
                    formatQuantity(item.tests.length, "known warning") + describeCourse(item.tests),
                ),
            ];
        case "test":
            return [formatTest(item, options)];
        case "mart": {
            const { name } = item.model;
            const title = titleOf(item.model);
            const behind = item.behindMs === null ? "" : `${theme.symbols.warned} ${formatLag(item.behindMs)}  `;
            const room = width - widthOf(behind);
            const hasName = title !== name && widthOf(title) + widthOf(name) + 2 <= room;
            return [
                theme.style("warned", behind) +
                    (hasName
                        ? `${fitText(title, room - widthOf(name))}${theme.style("dim", name)}`
                        : fitText(title, room)),
                `  ${formatHeadline(item.headline, options.dataThroughMs, width - 2, theme)}`,
            ];
        }
        case "source":
            return [formatSource(item, options)];
    }
}

/** `1 day behind`, `5 h behind`; `behind` for less than an hour. */
function formatLag(lagMs: number): string {
    const hours = lagMs / 3_600_000;
    const lag =
        hours < 1 ? "" : hours < 20 ? `${Math.round(hours)} h ` : `${formatQuantity(Math.round(hours / 24), "day")} `;
    return `${lag}behind`;
}

function formatRun(run: RunProgress, { width, theme, nowMs, left }: HomeLineOptions): readonly string[] {
    const lineOptions = { nowMs, width, theme };
    const title = formatRunTitle(run, left, lineOptions);
    return hasCounts(run) ? [title, formatRunCounts(run, left, lineOptions)] : [title];
}

/** The columns of a data test; its name is cut in favour of what it found. */
function testColumns(found: string): readonly ListColumn[] {
    return [
        { title: "", width: 1 },
        { title: "test", width: "fill" },
        { title: "rows", width: Math.max(14, widthOf(found)), align: "right" },
    ];
}

export function formatTest({ test, last }: TestOnHome, { width, theme }: HomeLineOptions): string {
    const [role, symbol] = lookOfTest(last.status, theme);
    const rows = last.status === "broken" ? "broken" : formatQuantity(last.failingCount, "row");
    const change = formatChange(last, theme);
    const found = change === "" ? rows : `${change}  ${rows}`;
    const columns = testColumns(found);
    return formatCells(
        [{ text: symbol, role }, { text: test.name }, { text: found, role }],
        columns,
        layOutColumns(columns, width),
        theme,
    );
}

/** How the expected warnings have changed; empty when a test did not run before. */
function describeCourse(tests: readonly TestOnHome[]): string {
    const more = tests.filter(({ last }) => last.failingCount > (last.before?.failingCount ?? Infinity)).length;
    if (more > 0) {
        return `, ${more} of them with more rows than before`;
    }
    return tests.every(({ last }) => last.failingCount === last.before?.failingCount)
        ? ", with as many rows as before"
        : "";
}

/** `▲ 20 since run 12`; empty when the test did not run before, or found as many rows. */
function formatChange({ failingCount, before, status }: ListedTest, { isAscii }: Theme): string {
    const more = before === null || status === "broken" ? 0 : failingCount - before.failingCount;
    const [up, down] = isAscii ? ["+", "-"] : ["▲ ", "▼ "];
    return more === 0 ? "" : `${more > 0 ? up : down}${formatCount(Math.abs(more))} since run ${before?.runId ?? ""}`;
}

const sourceColumns: readonly ListColumn[] = [
    { title: "", width: 1 },
    { title: "source", width: "fill" },
    { title: "state", width: 12 },
    { title: "newest", width: 22 },
];

function formatSource(item: HomeItem & { readonly kind: "source" }, { width, theme, nowMs }: HomeLineOptions): string {
    const { role, symbol, word, newest } = describeSource(item, nowMs, theme);
    return formatCells(
        [{ text: symbol, role }, { text: item.source.name }, { text: word, role }, { text: newest, role: "dim" }],
        sourceColumns,
        layOutColumns(sourceColumns, width),
        theme,
    );
}

/** `2025-03-02`, UTC */
export function formatDay(timeMs: number): string {
    return new Date(timeMs).toISOString().slice(0, 10);
}

/** The state of a source in words. */
export function describeSource(
    { source, news }: HomeItem & { readonly kind: "source" },
    nowMs: number,
    { symbols }: Theme,
): { readonly role: Role; readonly symbol: string; readonly word: string; readonly newest: string } {
    if (news?.problem) {
        const words = { missing: "missing", unreadable: "not readable", differs: "differs" } as const;
        return { role: "failed", symbol: symbols.failed, word: words[news.problem.kind], newest: "" };
    }
    const unknown = {
        role: "dim",
        symbol: symbols.queued,
        word: (news?.error ?? null) === null ? symbols.ellipsis : "not known",
    } as const;
    if (typeof news?.newestMs !== "number") {
        return news?.isAsked === true
            ? { role: "warned", symbol: symbols.warned, word: "empty", newest: "" }
            : { ...unknown, newest: "" };
    }
    const freshness = judgeNews(source, news, nowMs);
    if (freshness === "demo data") {
        return {
            role: "plain",
            symbol: symbols.queued,
            word: freshness,
            newest: `up to ${formatDay(news.newestMs)}`,
        };
    }
    const newest = `newest ${formatAgo(news.newestMs, nowMs)}`;
    if (freshness === "fresh" || freshness === "not watched") {
        return { role: "ok", symbol: symbols.ok, word: "fresh", newest };
    }
    if (!news.isAsked) {
        // The last build may not have seen the newest rows, so this is no verdict.
        return { ...unknown, newest };
    }
    return freshness === "stale"
        ? { role: "warned", symbol: symbols.warned, word: freshness, newest }
        : { role: "failed", symbol: symbols.failed, word: freshness, newest };
}
