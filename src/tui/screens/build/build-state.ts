import type { App } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import type { ModelContext } from "../../app/lines/model-line.js";
import { isRunning, makeQueuedModel, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import { listBuildItems, type BuildItem } from "./build-list.js";
import type { BuildReads } from "./build-reads.js";
import { layOutBuild } from "./paint-build.js";

/** The list as it stands. */
export interface Listed {
    readonly run: RunProgress;
    readonly items: readonly BuildItem[];
    readonly cursor: number;
    readonly item: BuildItem | null;
    /** The model that the cursor is on or in. */
    readonly selected: ModelProgress | null;
    readonly areFailuresOpen: boolean;
}

/** Where a person is in a run. */
export interface BuildState {
    readonly changes: readonly Readable<unknown>[];
    readonly filter: Store<string>;
    readonly isFailuresOnly: Store<boolean>;
    readonly isZoomed: Store<boolean>;
    /** Set each second while something runs. */
    readonly tick: Store<number>;
    readonly graph: () => Catalogue["graph"] | null;
    /** Null while there is no run to show. */
    readonly list: () => Listed | null;
    readonly selectedOrNull: () => ModelProgress | null;
    readonly contextOf: (run: RunProgress, modelName: string) => ModelContext;
    readonly isExpanded: (model: ModelProgress) => boolean;
    readonly setExpanded: (modelName: string, isOpen: boolean) => void;
    readonly moveTo: (index: number) => void;
    readonly move: (actionId: string) => void;
    /** Back to the top, everything closed. */
    readonly reset: () => void;
    /** Reads what the open models show. */
    readonly readShown: () => void;
    /** The size that was painted last. */
    readonly setSize: (columns: number, listHeight: number) => void;
}

/** So many failed models open by themselves; more would bury the rest. */
const maxOpenFailures = 3;

interface Place {
    /** Null as long as nobody has moved: the first, whichever that is. */
    readonly key: string | null;
    /** Where it stood, for when it goes. */
    readonly index: number;
}

export function makeBuildState(app: App, reads: BuildReads): BuildState {
    const place = makeStore<Place>({ key: null, index: 0 });
    /** Models that a person opened or closed. */
    const expanded = makeStore<ReadonlyMap<string, boolean>>(new Map());
    const filter = makeStore("");
    const isFailuresOnly = makeStore(false);
    const isZoomed = makeStore(false);
    const tick = makeStore(0);
    const changes = [...reads.changes, place, expanded, filter, isFailuresOnly, isZoomed, tick, app.catalogue];
    let columns = 80;
    let listHeight = 10;
    let listed: Listed | null = null;
    for (const readable of [...changes, app.theme]) {
        readable.subscribe(() => {
            listed = null;
        });
    }

    const graph = (): Catalogue["graph"] | null => app.catalogue.get().value?.graph ?? null;

    function contextOf(run: RunProgress, modelName: string): ModelContext {
        const upstream = graph()?.upstreamOf(modelName) ?? [];
        const isPending = (name: string): boolean =>
            ["queued", "running"].includes(run.models.get(name)?.status ?? "ok");
        return {
            durations: reads.durationsOf(modelName),
            wait: reads.waitOf(modelName),
            waitsFor: isRunning(run) ? upstream.filter(isPending) : [],
            leadingColumnsOf: (testName) => {
                const model = graph()?.models.get(modelName);
                const test = graph()
                    ?.testsOf(modelName)
                    .find(({ name }) => name === testName);
                return [...(model?.materialisation === "table" ? model.primaryKey : []), ...(test?.columns ?? [])];
            },
            nowMs: app.now(),
        };
    }

    function isOpen(model: ModelProgress, areFailuresOpen: boolean): boolean {
        return expanded.get().get(model.modelName) ?? (model.status === "failed" && areFailuresOpen);
    }

    /** Asked for by every handler at every frame, so made once. */
    function list(): Listed | null {
        const run = reads.run();
        if (run === null) {
            return null;
        }
        if (listed === null) {
            const areFailuresOpen = countFailed(run) <= maxOpenFailures;
            const items = listBuildItems(run, {
                isFailuresOnly: isFailuresOnly.get(),
                filter: filter.get(),
                isExpanded: (model) => isOpen(model, areFailuresOpen),
                isBlocked: (name) => reads.waitOf(name)?.waitType === "Lock",
                contextOf: (name) => contextOf(run, name),
                failingOf: reads.failingOf,
                width: layOutBuild(columns, isZoomed.get()).listWidth,
                theme: app.theme.get(),
            });
            const { key, index } = place.get();
            const found = key === null ? 0 : items.findIndex((item) => item.key === key);
            const cursor = found >= 0 ? found : Math.max(0, Math.min(index, items.length - 1));
            const item = items[cursor] ?? null;
            const selected = item === null ? null : (run.models.get(item.modelName) ?? makeQueuedModel(item.modelName));
            listed = { run, items, cursor, item, selected, areFailuresOpen };
        }
        return listed;
    }

    function readShown(): void {
        const shown = list();
        if (shown === null) {
            return;
        }
        const { run, selected, areFailuresOpen } = shown;
        const isPaneShown = layOutBuild(columns, isZoomed.get()).paneWidth > 0;
        const wanted = run.modelNames.filter((name) => {
            const model = run.models.get(name);
            // Until it has ended its failing rows are not kept.
            const hasRows = model !== undefined && model.problems.length > 0 && model.durationMs !== null;
            return hasRows && ((isPaneShown && model === selected) || isOpen(model, areFailuresOpen));
        });
        reads.needFailing(wanted);
    }

    function moveTo(index: number): void {
        const items = list()?.items ?? [];
        const next = Math.max(0, Math.min(index, items.length - 1));
        // At the top it stays at the top, whatever comes there.
        place.set({ key: next === 0 ? null : (items[next]?.key ?? null), index: next });
        readShown();
    }

    return {
        changes,
        filter,
        isFailuresOnly,
        isZoomed,
        tick,
        graph,
        list,
        selectedOrNull: () => list()?.selected ?? null,
        contextOf,
        isExpanded: (model) => isOpen(model, list()?.areFailuresOpen ?? false),
        setExpanded: (modelName, isNowOpen) => {
            expanded.update((known) => new Map([...known, [modelName, isNowOpen]]));
            const index = list()?.items.findIndex(({ key }) => key === modelName) ?? 0;
            place.set({ key: modelName, index });
            readShown();
        },
        moveTo,
        move: (actionId) => {
            const by = listMotionOrNull(actionId, listHeight);
            const shown = list();
            if (shown === null || by === null) {
                return;
            }
            const { items, cursor } = shown;
            if (Math.abs(by) <= 1 || !Number.isFinite(by)) {
                moveTo(cursor + by);
                return;
            }
            // A page is counted in lines.
            let [index, lines] = [cursor, 0];
            while (lines < Math.abs(by) && items[index + Math.sign(by)] !== undefined) {
                lines += items[index]?.height ?? 1;
                index += Math.sign(by);
            }
            moveTo(index);
        },
        reset: () => {
            place.set({ key: null, index: 0 });
            expanded.set(new Map());
        },
        readShown,
        setSize: (nextColumns, nextHeight) => {
            if (nextColumns !== columns) {
                columns = nextColumns;
                listed = null;
            }
            listHeight = nextHeight;
        },
    };
}

function countFailed(run: RunProgress): number {
    let count = 0;
    for (const { status } of run.models.values()) {
        count += status === "failed" ? 1 : 0;
    }
    return count;
}
