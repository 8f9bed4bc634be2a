import { formatModelBlocks, type FailingRowsOfModel } from "./model-details.js";
import { formatModelLine, layOutModelColumns, type ModelContext } from "../../app/lines/model-line.js";
import type { ListFilter, ListItem } from "../../kit/list-detail/list-detail-state.js";
import { hasProblem, makeQueuedModel, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import type { Theme } from "../../kit/theme.js";

/** An item of the list: a model, or below an opened model a data test or its changed rows. */
export interface BuildItem extends ListItem {
    readonly kind: "model" | "test" | "changes";
    readonly modelName: string;
    /** Empty unless the item is a data test. */
    readonly testName: string;
    readonly height: number;
    /** As many lines as its height; called only for items in view. */
    readonly lines: () => readonly string[];
}

export interface BuildListOptions {
    readonly filter: ListFilter;
    readonly isExpanded: (model: ModelProgress) => boolean;
    /** Whether the model waits for a lock, which is shown even when the model is not opened. */
    readonly isBlocked: (modelName: string) => boolean;
    readonly contextOf: (modelName: string) => ModelContext;
    /** Null until the failing rows are needed. */
    readonly failingOf: (modelName: string) => FailingRowsOfModel | null;
    /** The width of a line without its mark. */
    readonly width: number;
    readonly theme: Theme;
}

/** Running first, then failed, then the rest; each in build order. */
function sortModels(run: RunProgress, { text, isProblemsOnly }: ListFilter): readonly ModelProgress[] {
    const wanted = text.toLowerCase();
    const running: ModelProgress[] = [];
    const failed: ModelProgress[] = [];
    const others: ModelProgress[] = [];
    for (const name of run.modelNames) {
        const model = run.models.get(name) ?? makeQueuedModel(name);
        if ((isProblemsOnly && !hasProblem(model)) || !name.toLowerCase().includes(wanted)) {
            continue;
        }
        (model.status === "running" ? running : model.status === "failed" ? failed : others).push(model);
    }
    return [...running, ...failed, ...others];
}

export function listBuildItems(run: RunProgress, options: BuildListOptions): readonly BuildItem[] {
    const { width, theme, isExpanded, contextOf, failingOf } = options;
    const widths = layOutModelColumns(width);
    return sortModels(run, options.filter).flatMap((model): readonly BuildItem[] => {
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
            { width: width - 5, theme, hasHints: true },
        );
        return [
            item(blocks.filter(({ kind }) => kind === "text").flatMap(({ lines }) => indent(lines))),
            ...blocks.flatMap(({ kind, testName, lines }): readonly BuildItem[] =>
                kind === "text"
                    ? []
                    : [
                          {
                              key: `${modelName}\n${testName}`,
                              parentKey: modelName,
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
