import { allRuns } from "../../../runs/run-pages.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { lookOfPastRun } from "./past-run-line.js";
import { isRunning } from "../../app/builds/run-progress.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeHistoryActions } from "./history-actions.js";
import { makeHistoryReads } from "./history-reads.js";
import { makeHistoryState } from "./history-state.js";
import {
    describeRunFilter,
    formatHistoryTitle,
    layOutHistory,
    paintHistory,
    paintNoHistory,
    type PaintedHistory,
} from "./paint-history.js";
import type { RunPicture } from "./paint-run.js";
import type { RunWindow } from "./run-window.js";

/** All runs, the newest first, what each of them changed, and two of them side by side. */
export function makeHistoryScreen(app: App): Screen {
    const reads = makeHistoryReads(app);
    const state = makeHistoryState(reads);
    const handlers = makeHistoryActions(app, state, reads);
    let painted: PaintedHistory | null = null;
    let isShown = false;
    let lastSeenId: string | null = null;
    let endWatching: readonly (() => void)[] = [];

    const needOutcome = (): void => {
        const run = state.selectedOrNull();
        const { runWidth } = layOutHistory(app.size.get().columns, state.pane.get(), state.isZoomed.get());
        if (isShown && run !== null && runWidth > 0) {
            reads.outcomes.need(run.runId);
        }
    };
    /** A run that begins or ends changes the list, and one that goes on what is known of it. */
    const noticeRuns = (): void => {
        const current = app.builds.current.get();
        const seen = current === null ? null : `${current.runId ?? ""} ${isRunning(current)}`;
        if (seen !== lastSeenId) {
            lastSeenId = seen;
            const runId = current?.runId ?? null;
            if (runId !== null) {
                reads.outcomes.outdate(runId);
                reads.renew();
            }
        }
    };
    for (const readable of [...state.changes, app.size]) {
        readable.subscribe(needOutcome);
    }

    const stopWatching = (): void => {
        for (const end of endWatching) {
            end();
        }
        endWatching = [];
    };

    function watch(): readonly (() => void)[] {
        const clock = setInterval(() => {
            const current = app.builds.current.get();
            if (current !== null && isRunning(current)) {
                state.tick.set(app.now());
                const { runId } = current;
                if (runId !== null && state.selectedOrNull()?.runId === runId && !reads.outcomes.of(runId).isLoading) {
                    reads.outcomes.outdate(runId);
                    needOutcome();
                }
            }
        }, 2000).unref();
        return [
            () => {
                clearInterval(clock);
            },
            app.builds.current.subscribe(noticeRuns),
        ];
    }

    const describeFilter = (): string => describeRunFilter(reads.filter.get(), state.runs().length === 0);

    function paintRuns(size: TerminalSize, run: Omit<RunPicture, "nowMs" | "theme" | "look">): readonly string[] {
        const theme = app.theme.get();
        const context = { current: app.builds.current.get(), nowMs: app.now(), theme };
        const window = reads.window.get();
        const isNewest = state.cursor() === 0 && !window.hasNewer;
        painted = paintHistory(
            {
                window,
                cursor: state.cursor(),
                offset: findOffset(window, painted),
                marks: state.marks.get().map(({ runId }) => runId),
                context,
                filterNote: describeFilter(),
                panes: layOutHistory(size.columns, state.pane.get(), state.isZoomed.get()),
                run: { ...run, ...context, look: lookOfPastRun(run.run, { ...context, isNewest }) },
            },
            size,
        );
        state.setHeights({ runs: painted.listHeight, run: Math.max(1, painted.run?.height ?? 10) });
        return painted.lines;
    }

    return {
        id: "history",
        changes: [...state.changes, app.builds.current],
        handlers,
        title: (width) => formatHistoryTitle(reads.count.get(), reads.filter.get(), width, app.theme.get()),
        paint: (size) => {
            const run = state.selectedOrNull();
            if (run === null) {
                painted = null;
                return paintNoHistory(
                    {
                        isRead: reads.isRead.get(),
                        error: reads.error.get(),
                        filterNote: describeFilter(),
                        theme: app.theme.get(),
                    },
                    size,
                );
            }
            return paintRuns(size, {
                run,
                outcome: reads.outcomes.of(run.runId),
                items: state.itemsOf(run),
                cursor: state.pane.get() === "run" ? state.item.get() : null,
            });
        },
        show: (target, isBack) => {
            isShown = true;
            stopWatching();
            endWatching = watch();
            if (target.screen === "history" && isBack !== true) {
                const { runId, modelName } = target;
                if (runId !== undefined || modelName !== undefined) {
                    state.select(runId ?? null);
                    reads.setFilter({ ...allRuns, modelName: modelName ?? null }, runId);
                }
            }
            if (!reads.isRead.get()) {
                void reads.goTo("newest");
            }
            noticeRuns();
            needOutcome();
        },
        hide: () => {
            isShown = false;
            stopWatching();
            reads.cancel();
        },
        click: (event) => {
            if (painted === null) {
                return;
            }
            const by = event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0;
            const { listWidth } = layOutHistory(app.size.get().columns, state.pane.get(), state.isZoomed.get());
            if (by !== 0) {
                state.moveTo(state.cursor() + by);
            } else if (event.action === "press" && event.column < listWidth && event.row >= painted.listTop) {
                const index = painted.offset + event.row - painted.listTop;
                const isSecond = index === state.cursor() && state.pane.get() === "runs";
                state.pane.set("runs");
                state.moveTo(index);
                if (isSecond) {
                    handlers.open?.run();
                }
            }
        },
    };
}

/** Where the run is now that was at the top: others may have come before it. */
function findOffset({ runs }: RunWindow, painted: PaintedHistory | null): number {
    const found = runs.findIndex(({ runId }) => runId === painted?.topRunId);
    return found >= 0 ? found : (painted?.offset ?? 0);
}
