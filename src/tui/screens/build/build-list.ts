import { formatModelBlocks, type FailingRowsOfModel } from "./model-details.js";
import { formatModelLine, layOutModelColumns, type ModelContext } from "../../app/lines/model-line.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { hasProblem, makeQueuedModel, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { Theme } from "../../kit/theme.js";

/** Something that can be selected: a model, or a test or the changed rows below an opened one. */
export interface BuildItem {
    /** The same as long as it is there, wherever it stands. */
    readonly key: string;
    readonly kind: "model" | "test" | "changes";
    readonly modelName: string;
    /** Empty but for a test. */
    readonly testName: string;
    readonly height: number;
    /** As many lines as its height; made only for what is in view. */
    readonly lines: () => readonly string[];
}

export interface BuildListOptions {
    readonly isFailuresOnly: boolean;
    readonly filter: string;
    readonly isExpanded: (model: ModelProgress) => boolean;
    /** Whether it waits for a lock, which is said without being asked. */
    readonly isBlocked: (modelName: string) => boolean;
    readonly contextOf: (modelName: string) => ModelContext;
    /** Null where the failing rows are not to be had yet. */
    readonly failingOf: (modelName: string) => FailingRowsOfModel | null;
    readonly width: number;
    readonly theme: Theme;
}

/** Running first, then failed, then the rest; each in build order. */
export function sortModels(
    run: RunProgress,
    { isFailuresOnly, filter }: Pick<BuildListOptions, "isFailuresOnly" | "filter">,
): readonly ModelProgress[] {
    const wanted = filter.toLowerCase();
    const running: ModelProgress[] = [];
    const failed: ModelProgress[] = [];
    const others: ModelProgress[] = [];
    for (const name of run.modelNames) {
        const model = run.models.get(name) ?? makeQueuedModel(name);
        if ((isFailuresOnly && !hasProblem(model)) || !name.toLowerCase().includes(wanted)) {
            continue;
        }
        (model.status === "running" ? running : model.status === "failed" ? failed : others).push(model);
    }
    return [...running, ...failed, ...others];
}

export function listBuildItems(run: RunProgress, options: BuildListOptions): readonly BuildItem[] {
    const { width, theme, isExpanded, contextOf, failingOf } = options;
    const widths = layOutModelColumns(width - 1);
    return sortModels(run, options).flatMap((model): readonly BuildItem[] => {
        const { modelName } = model;
        const line = (): string => formatModelLine(model, contextOf(modelName), widths, theme);
        const item = (below: readonly string[]): BuildItem => ({
            key: modelName,
            kind: "model",
            modelName,
            testName: "",
            height: 1 + below.length,
            lines: () => [line(), ...below],
        });
        const isOpen = isExpanded(model);
        if (!isOpen && !options.isBlocked(modelName)) {
            return [item([])];
        }
        const indent = (lines: readonly string[]): readonly string[] =>
            lines.map((text, index) => `${index === 0 ? (theme.isAscii ? "  ` " : "  └ ") : "    "}${text}`);
        const blocks = formatModelBlocks(
            isOpen ? model : { ...model, message: null, problems: [], rows: null },
            contextOf(modelName),
            failingOf(modelName),
            { width: width - 6, theme, hasHints: true },
        );
        return [
            item(blocks.filter(({ kind }) => kind === "text").flatMap(({ lines }) => indent(lines))),
            ...blocks.flatMap(({ kind, testName, lines }): readonly BuildItem[] =>
                kind === "text"
                    ? []
                    : [
                          {
                              key: `${modelName}\n${testName}`,
                              kind,
                              modelName,
                              testName,
                              height: lines.length,
                              lines: () => indent(lines),
                          },
                      ],
            ),
        ];
    });
}

/** A part of the list, and which item each of its lines belongs to. */
export interface BuildListView {
    readonly lines: readonly string[];
    readonly items: readonly (BuildItem | null)[];
    /** The first line in view. */
    readonly offset: number;
}

/** Scrolls so that the selected item is in view, its first line above all, and draws what is. */
export function viewBuildList(
    items: readonly BuildItem[],
    {
        cursor,
        offset,
        height,
        width,
        theme,
    }: {
        readonly cursor: number;
        readonly offset: number;
        readonly height: number;
        readonly width: number;
        readonly theme: Theme;
    },
): BuildListView {
    const lineCount = items.reduce((sum, item) => sum + item.height, 0);
    const top = items.slice(0, cursor).reduce((sum, item) => sum + item.height, 0);
    const bottom = top + (items[cursor]?.height ?? 1);
    const lowest = Math.max(0, lineCount - height);
    const from = Math.max(0, Math.min(Math.max(Math.min(offset, lowest), bottom - height), top));
    const lines: string[] = [];
    const owners: (BuildItem | null)[] = [];
    let line = 0;
    for (const [index, item] of items.entries()) {
        if (line >= from + height) {
            break;
        }
        if (line + item.height > from) {
            for (const [place, text] of item.lines().entries()) {
                if (line + place >= from && line + place < from + height) {
                    const isSelected = index === cursor && place === 0;
                    lines.push(
                        place === 0 ? markSelected(text, isSelected, width, theme) : ` ${fitStyled(text, width - 1)}`,
                    );
                    owners.push(item);
                }
            }
        }
        line += item.height;
    }
    return { lines, items: owners, offset: from };
}
