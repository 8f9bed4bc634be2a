import { formatCount, formatQuantity } from "../../../text/format-values.js";
import type { DescribedColumn, RelationDetails } from "../../../warehouse/relation-details.js";
import { describeChangeFinding } from "../../../warehouse/source-kind.js";
import type { Source } from "../../../warehouse/registry.js";
import type { Loaded } from "../../kit/load.js";
import { formatFact, formatHeading, toDetailLines, type DetailLine } from "../../kit/lines/detail-lines.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import type { Theme } from "../../kit/theme.js";
import type { ModelItem, SourceItem } from "./models-list.js";

export interface TabOptions {
    readonly width: number;
    readonly nowMs: number;
    readonly theme: Theme;
}

const nameWidth = 10;

/** The description of a model, its grain, keys and columns. */
export function formatModelOverview(
    { model, listed, staleness, damage }: ModelItem,
    details: Loaded<RelationDetails> | null,
    { width, theme }: TabOptions,
): readonly DetailLine[] {
    const fact = (name: string, value: string): readonly string[] =>
        value === "" ? [] : formatFact(name, value, { width, nameWidth, theme });
    const { value } = details ?? {};
    const isTable = model.materialisation === "table";
    return toDetailLines([
        ...(damage === null ? [] : [...wrapText(damage, width).map((line) => theme.style("failed", line)), ""]),
        ...wrapText(model.description, width),
        "",
        ...fact("grain", model.grain),
        ...(isTable ? fact("key", model.primaryKey.join(", ")) : []),
        ...(isTable
            ? fact(
                  "entity",
                  model.entityKey.length === 0
                      ? `none: it is rebuilt whole, because ${model.entityReason ?? "its SELECT gives none"}`
                      : `${model.entityKey.join(", ")}: its rows are rebuilt entity by entity`,
              )
            : []),
        ...fact("tags", model.tags.join(", ")),
        ...fact("data", staleness === null ? "" : `${staleness.kind}: ${staleness.reason}`),
        ...fact("rows", formatEstimate(listed?.estimatedRows ?? null)),
        ...fact("stored", formatBytes(value?.storedBytes ?? null)),
        ...(value?.indexes ?? []).flatMap(({ name, definition }) => fact("index", `${name}: ${definition}`)),
        "",
        ...formatColumns(details, isTable ? model.primaryKey : [], { width, theme }),
    ]);
}

/** The description of a source, and its table in the database. */
export function formatSourceOverview(
    item: SourceItem,
    details: Loaded<RelationDetails> | null,
    options: TabOptions,
): readonly DetailLine[] {
    const { width, theme } = options;
    const { source, listed } = item;
    const fact = (name: string, value: string): readonly string[] =>
        value === "" ? [] : formatFact(name, value, { width, nameWidth, theme });
    const { warnAfterHours, errorAfterHours } = source;
    const watched =
        warnAfterHours === null || errorAfterHours === null
            ? "not watched"
            : `late after ${formatHours(warnAfterHours)}, much too old after ${formatHours(errorAfterHours)}`;
    const undeclared = (details?.value?.columns ?? []).filter(
        ({ name }) => !source.columns.some((column) => column.name === name),
    );
    return toDetailLines([
        ...wrapText(source.description, width),
        "",
        ...fact("table", `${source.schema}.${source.table}`),
        ...fact("key", describeKey(source)),
        ...(source.kind === "versions"
            ? []
            : [...fact("kind", source.kind), ...fact("changes", describeChangeFinding(source))]),
        ...fact("cursor", source.loadCursorColumn ?? ""),
        ...fact("rows", formatEstimate(listed?.estimatedRows ?? null)),
        ...fact("newest", describeNewest(item, options)),
        ...fact("freshness", watched),
        ...(listed?.state === "missing" ? fact("missing", "there is no such table; `stardeck debug` says more") : []),
        ...(listed?.differences ?? []).flatMap((difference) => fact("differs", difference)),
        ...fact("more", undeclared.map(({ name }) => name).join(", ")),
        "",
        ...formatColumns(details, source.keyColumns, { width, theme }),
    ]);
}

function describeKey({ kind, keyColumns, versionColumn }: Source): string {
    const key = keyColumns.join(", ");
    return kind === "versions" ? `${key}, a version for each ${versionColumn ?? "?"}` : key;
}

function formatEstimate(rows: number | null): string {
    return rows === null ? "" : `about ${formatCount(rows)}, by PostgreSQL's estimate`;
}

function describeNewest({ news, freshness }: SourceItem, { nowMs }: TabOptions): string {
    if (news?.problem) {
        return news.problem.kind === "unreadable" ? "it may not be read with these privileges" : "";
    }
    if (news?.isAsked !== true) {
        return news?.error?.message ?? "reading …";
    }
    if (news.newestMs === null) {
        return "no row yet";
    }
    const newest = new Date(news.newestMs).toISOString().slice(0, 19).replace("T", " ");
    const judged = freshness === null || freshness === "not watched" ? "" : ` (${freshness})`;
    return `${newest}, ${formatAgo(news.newestMs, nowMs)}${judged}`;
}

function formatHours(hours: number): string {
    return hours % 24 === 0 && hours > 24 ? `${hours / 24} days` : `${hours} h`;
}

/** `840 kB`, `1.2 MB` */
function formatBytes(bytes: number | null): string {
    if (bytes === null) {
        return "";
    }
    const units = ["bytes", "kB", "MB", "GB", "TB"];
    let size = bytes;
    let unit = 0;
    while (size >= 1000 && unit < units.length - 1) {
        size /= 1024;
        unit++;
    }
    return `${size < 9.95 && unit > 0 ? size.toFixed(1) : formatCount(Math.round(size))} ${units[unit] ?? ""}`;
}

/** From this width on a comment is shown beside its column, else below it. */
const besideWidth = 100;

function formatColumns(
    details: Loaded<RelationDetails> | null,
    key: readonly string[],
    { width, theme }: Pick<TabOptions, "width" | "theme">,
): readonly string[] {
    const columns = details?.value?.columns ?? null;
    if (columns === null) {
        const error = details?.error ?? null;
        return error === null ? [theme.style("dim", "reading its columns …")] : formatErrorLines(error, width, theme);
    }
    const longest = Math.max(4, ...columns.map(({ name }) => name.length));
    const wide = Math.min(longest, Math.floor(width / (width >= besideWidth ? 4 : 2)));
    const typeWide = Math.min(28, Math.max(4, ...columns.map(({ type }) => type.length)));
    return [
        formatHeading(formatQuantity(columns.length, "column"), width, theme),
        ...columns.flatMap((column) =>
            formatColumn(column, key.includes(column.name), { width, wide, typeWide, theme }),
        ),
    ];
}

function formatColumn(
    { name, type, isNullable, comment }: DescribedColumn,
    isKey: boolean,
    {
        width,
        wide,
        typeWide,
        theme,
    }: { readonly width: number; readonly wide: number; readonly typeWide: number; readonly theme: Theme },
): readonly string[] {
    const marks = [isKey ? "key" : "", isNullable ? "" : "not null"].filter((mark) => mark !== "").join(", ");
    const head = `${theme.style(isKey ? "strong" : "plain", fitText(name, wide))}  `;
    if (width < besideWidth) {
        const room = Math.max(0, width - wide - 2);
        const about = fitText(`${type}${marks === "" ? "" : `  ${marks}`}`, room).trimEnd();
        const below = comment === null ? [] : wrapText(comment, Math.max(8, width - 4));
        return [`${head}${theme.style("number", about)}`, ...below.map((line) => theme.style("dim", `    ${line}`))];
    }
    const left = wide + typeWide + 18;
    const [first = "", ...others] = comment === null ? [] : wrapText(comment, Math.max(8, width - left));
    const line = `${head}${theme.style("number", fitText(type, typeWide))}  ${fitText(marks, 13)} `;
    return [
        `${line}${theme.style("dim", first)}`,
        ...others.map((text) => `${" ".repeat(left)}${theme.style("dim", text)}`),
    ];
}
