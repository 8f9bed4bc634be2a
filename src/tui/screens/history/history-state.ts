import type { PastRun } from "../../../runs/run-history.js";
import type { ModelRun, TestProblem } from "../../../runs/run.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import { makeStore, type Readable, type Store } from "../../terminal/store.js";
import type { HistoryReads } from "./history-reads.js";

/** Something of a run that can be selected beside the list. */
export type RunItem =
    { readonly kind: "model"; readonly model: ModelRun } | { readonly kind: "test"; readonly problem: TestProblem };

/** Where a person is in the history. */
export interface HistoryState {
    readonly changes: readonly Readable<unknown>[];
    /** What takes the moves: the runs, or what the selected one came to. */
    readonly pane: Store<"runs" | "run">;
    /** Index of the selected item of the run. */
    readonly item: Store<number>;
    readonly isZoomed: Store<boolean>;
    /** At most two runs, for a comparison. */
    readonly marks: Store<readonly PastRun[]>;
    /** Set each second while something runs. */
    readonly tick: Store<number>;
    readonly runs: () => readonly PastRun[];
    readonly cursor: () => number;
    readonly selectedOrNull: () => PastRun | null;
    readonly itemsOf: (run: PastRun) => readonly RunItem[];
    readonly moveTo: (index: number) => void;
    readonly move: (actionId: string) => void;
    /** To this run, as soon as it is in the list. */
    readonly select: (runId: string | null) => void;
    readonly toggleMark: (run: PastRun) => void;
    readonly setHeights: (heights: { readonly runs: number; readonly run: number }) => void;
}

interface Place {
    /** Null for the first, whichever that is. */
    readonly runId: string | null;
    readonly index: number;
}

export function makeHistoryState(reads: HistoryReads): HistoryState {
    const place = makeStore<Place>({ runId: null, index: 0 });
    const pane = makeStore<"runs" | "run">("runs");
    const item = makeStore(0);
    const isZoomed = makeStore(false);
    const marks = makeStore<readonly PastRun[]>([]);
    const tick = makeStore(0);
    let heights = { runs: 10, run: 10 };

    const runs = (): readonly PastRun[] => reads.window.get().runs;
    const cursor = (): number => {
        const { runId, index } = place.get();
        const found = runId === null ? 0 : runs().findIndex((run) => run.runId === runId);
        return found >= 0 ? found : Math.max(0, Math.min(index, runs().length - 1));
    };
    const selectedOrNull = (): PastRun | null => runs()[cursor()] ?? null;

    function itemsOf({ runId }: PastRun): readonly RunItem[] {
        const { value } = reads.outcomes.of(runId);
        return value === null
            ? []
            : [
                  ...value.models.map((model) => ({ kind: "model", model }) as const),
                  ...value.problems.map((problem) => ({ kind: "test", problem }) as const),
              ];
    }

    function moveTo(index: number): void {
        const next = Math.max(0, Math.min(index, runs().length - 1));
        item.set(0);
        // At the newest it stays there, whatever begins.
        const isNewest = next === 0 && !reads.window.get().hasNewer;
        place.set({ runId: isNewest ? null : (runs()[next]?.runId ?? null), index: next });
        reads.needAround(next);
    }

    async function goToEnd(end: "newest" | "oldest"): Promise<void> {
        const { hasNewer, hasOlder } = reads.window.get();
        if (end === "newest" ? hasNewer : hasOlder) {
            await reads.goTo(end);
        }
        moveTo(end === "newest" ? 0 : runs().length - 1);
    }

    return {
        changes: [...reads.changes, reads.outcomes, place, pane, item, isZoomed, marks, tick],
        pane,
        item,
        isZoomed,
        marks,
        tick,
        runs,
        cursor,
        selectedOrNull,
        itemsOf,
        moveTo,
        move: (actionId) => {
            const isRuns = pane.get() === "runs";
            const by = listMotionOrNull(actionId, isRuns ? heights.runs : heights.run);
            const selected = selectedOrNull();
            if (by === null || selected === null) {
                return;
            }
            if (!isRuns) {
                const last = Math.max(0, itemsOf(selected).length - 1);
                item.update((index) => Math.max(0, Math.min(index + by, last)));
            } else if (Number.isFinite(by)) {
                moveTo(cursor() + by);
            } else {
                void goToEnd(by < 0 ? "newest" : "oldest");
            }
        },
        select: (runId) => {
            item.set(0);
            pane.set("runs");
            place.set({ runId, index: 0 });
        },
        toggleMark: (run) => {
            marks.update((known) => {
                const others = known.filter(({ runId }) => runId !== run.runId);
                return others.length < known.length ? others : [...known, run].slice(-2);
            });
        },
        setHeights: (next) => {
            heights = next;
        },
    };
}
