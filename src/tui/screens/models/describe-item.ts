import type { Explanation } from "../../../engine/explain-model.js";
import type { Graph } from "../../../engine/graph.js";
import type { ListedTest } from "../../../runs/test-list.js";
import { formatHeading, toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatSqlLines } from "../../kit/lines/highlight-sql.js";
import { formatLook, lookOfTest, type Look } from "../../kit/lines/state-look.js";
import type { Loaded } from "../../kit/load.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";
import { formatLineageTab } from "./lineage-tab.js";
import { isProblem, shortTestName, type GroupItem, type ModelsItem, type TestItem } from "./models-list.js";
import { lookOfItem, lookOfSource } from "./models-lines.js";
import type { ItemDetails } from "./models-reads.js";
import { formatModelOverview, formatSourceOverview, type TabOptions } from "./overview-tab.js";
import { formatRunsTab } from "./runs-tab.js";
import { formatModelTests } from "./tests-tab.js";
import { formatUpdatesTab } from "./updates-tab.js";

/** Everything that a description is made from. */
export interface DescribeOptions extends TabOptions {
    readonly graph: Graph;
    /** All items without the filter. */
    readonly everything: () => readonly ModelsItem[];
    readonly lastTestOf: (testName: string) => ListedTest | null;
    readonly isHeld: (testName: string) => boolean;
    readonly details: Loaded<ItemDetails> | null;
    /** How a table model is kept up to date. */
    readonly explained: Loaded<Explanation>;
    readonly lookOf: (name: string) => Look | null;
}

export function tabsOfItem(item: ModelsItem): readonly string[] {
    switch (item.kind) {
        case "group":
            return ["overview"];
        case "source":
            return ["overview", "lineage"];
        case "model":
            return item.model.materialisation === "table"
                ? ["overview", "sql", "tests", "lineage", "runs", "updates"]
                : ["overview", "sql", "tests", "lineage", "runs"];
        case "test":
            return ["overview", "sql"];
    }
}

/** Name and state, above the tabs. */
export function formatItemHead(item: ModelsItem, width: number, theme: Theme, nowMs: number): readonly string[] {
    const line = (look: Look | null, ...facts: readonly string[]): string => {
        const rest = facts.filter((fact) => fact !== "").join("   ");
        return fitStyled(`${look === null ? "" : `${formatLook(look, theme)}   `}${theme.style("dim", rest)}`, width);
    };
    const name = (text: string): string => theme.style("strong", fitText(text, width));
    switch (item.kind) {
        case "group":
            return [
                name(item.name),
                line(null, item.layer === null ? "landing tables, read only" : "a layer of the warehouse"),
            ];
        case "source":
            return [name(`${item.source.schema}.${item.source.table}`), line(lookOfSource(item, theme), "source")];
        case "model": {
            const { model, listed, staleness } = item;
            const ran = typeof listed?.lastRunAtMs === "number" ? formatAgo(listed.lastRunAtMs, nowMs) : "";
            const isView = model.materialisation === "view";
            return [
                name(`${model.schema}.${model.name}`),
                line(lookOfItem(item, theme), isView ? "" : (staleness?.kind ?? ""), model.materialisation, ran),
            ];
        }
        case "test":
            return [
                name(item.test.name),
                line(lookOfTest(item.last?.status ?? null, theme, item.isHeld), `data test of ${item.test.modelName}`),
            ];
    }
}

export function describeItem(item: ModelsItem, tab: string, options: DescribeOptions): readonly DetailLine[] {
    const { graph, details, width, theme } = options;
    const relation: Loaded<ItemDetails["relation"]> | null =
        details === null ? null : { ...details, value: details.value?.relation ?? null };
    switch (item.kind) {
        case "group":
            return describeGroup(item, options);
        case "source":
            return tab === "lineage"
                ? formatLineageTab(item.source.name, graph, options)
                : formatSourceOverview(item, relation, options);
        case "test":
            return tab === "sql"
                ? toDetailLines(formatSqlLines(item.test.failingRowsSql, width, theme))
                : describeTest(item, options);
        case "model":
            break;
    }
    switch (tab) {
        case "sql":
            return describeSql(details, options);
        case "tests":
            return formatModelTests(graph.testsOf(item.model.name), options);
        case "lineage":
            return formatLineageTab(item.model.name, graph, options);
        case "runs":
            return formatRunsTab(details === null ? null : { ...details, value: details.value?.runs ?? null }, options);
        case "updates":
            return formatUpdatesTab(options.explained, options);
        default:
            return formatModelOverview(item, relation, options);
    }
}

function describeSql(details: Loaded<ItemDetails> | null, { width, theme }: TabOptions): readonly DetailLine[] {
    const sql = details?.value?.relation.sql ?? null;
    const error = details?.error ?? null;
    if (sql !== null) {
        return toDetailLines(formatSqlLines(sql, width, theme));
    }
    return error === null
        ? [{ text: theme.style("dim", "reading its SQL …") }]
        : toDetailLines(formatErrorLines(error, width, theme));
}

/** The members of a layer that need a look. */
function describeGroup({ layer }: GroupItem, { everything, width, theme }: DescribeOptions): readonly DetailLine[] {
    const members = everything().flatMap((item) =>
        (item.kind === "model" && item.model.layer === layer) || (item.kind === "source" && layer === null)
            ? [item]
            : [],
    );
    const problems = members.filter(isProblem);
    if (problems.length === 0) {
        return [{ text: theme.style("dim", "All of them are well.") }];
    }
    return [
        { text: formatHeading("to look at", width, theme) },
        ...problems.map((item) => {
            const name = item.kind === "model" ? item.model.name : item.source.name;
            const look = item.kind === "model" ? lookOfItem(item, theme) : lookOfSource(item, theme);
            const stale = item.kind === "model" && item.staleness !== null && item.staleness.kind !== "fresh";
            const why = stale ? item.staleness.reason : "";
            const room = Math.max(8, Math.min(30, width - 20));
            return {
                text: fitStyled(
                    `${theme.style(look[0], `${look[1]} ${fitText(look[2], 5)}`)} ${fitText(name, room)} ${theme.style("dim", fitText(why, Math.max(0, width - room - 10)))}`,
                    width,
                ),
                target: { screen: "models", modelName: name } as const,
            };
        }),
    ];
}

function describeTest(
    { test, last, isHeld }: TestItem,
    { width, theme, nowMs }: DescribeOptions,
): readonly DetailLine[] {
    const found =
        last === null
            ? isHeld
                ? "A constraint of the table guarantees it, so it need not run."
                : "It has never run."
            : `${formatAgo(last.ranAtMs, nowMs)}: ${last.failingCount} failing rows`;
    return [
        ...toDetailLines([
            ...wrapText(test.description === "" ? shortTestName(test) : test.description, width),
            "",
            ...wrapText(found, width),
            ...(typeof last?.message === "string" ? wrapText(last.message, width) : []),
            "",
        ]),
        {
            text: theme.style("accent", fitText("its failing rows and earlier results", width).trimEnd()),
            target: { screen: "tests", testName: test.name },
        },
    ];
}
