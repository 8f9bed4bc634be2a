import { allRuns } from "../../../runs/run-pages.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { makeListDetail, type ListDetail } from "../../kit/list-detail/list-detail.js";
import { noFilter } from "../../kit/list-detail/list-detail-state.js";
import type { RunEntry } from "./past-run-line.js";
import { isRunning } from "../../app/builds/run-progress.js";
import { makeStore } from "../../terminal/store.js";
import { makeHistoryActions, openRunItem } from "./history-actions.js";
import { makeHistoryReads, windowOf } from "./history-reads.js";
import { formatHistoryTitle, makeRunList, paintNoHistory } from "./paint-history.js";

/** All runs, the newest first, with what each of them changed; two of them can be compared. */
export function makeHistoryScreen(app: App): Screen {
    const reads = makeHistoryReads(app);
    const isRead = (): boolean => reads.runs.get().value !== null || reads.runs.get().error !== null;
    /** Set every two seconds while something runs. */
    const tick = makeStore(0);
    let isShown = false;
    let lastSeenId: string | null = null;
    let endWatching: readonly (() => void)[] = [];
    const list: ListDetail<RunEntry> = makeListDetail<RunEntry>(app, {
        changes: [...reads.changes, reads.outcomes, app.builds.current, tick],
        ...makeRunList(() => ({
            current: app.builds.current.get(),
            isMarked: (runId) => list.state.marks.get().some(({ key }) => key === runId),
            outcomeOf: reads.outcomes.of,
            open: (run, item) => void openRunItem(app, run, item),
            nowMs: app.now(),
            theme: app.theme.get(),
        })),
        // While the newest run is selected, a new run becomes the selected one.
        staysAtTop: () => !windowOf(reads.runs.get()).hasNewer,
        items: () => {
            const { runs, hasNewer } = windowOf(reads.runs.get());
            return isRead()
                ? runs.map((run, index) => ({ key: run.runId, run, isNewest: index === 0 && !hasNewer }))
                : null;
        },
        onMove: reads.needAround,
        readEnd: (end) => {
            const { hasNewer, hasOlder } = windowOf(reads.runs.get());
            if (end === "first") {
                return hasNewer ? reads.goTo("newest") : null;
            }
            return hasOlder ? reads.goTo("oldest") : null;
        },
        nothing: (size) =>
            paintNoHistory(
                {
                    isRead: isRead(),
                    error: reads.runs.get().error,
                    isFiltered: JSON.stringify(reads.filter.get()) !== JSON.stringify(allRuns),
                    theme: app.theme.get(),
                },
                size,
            ),
        filterLabel: "Runs with",
        problemsNote: "only what failed or warned",
        onFilter: (filter) => {
            reads.setFilter({ ...reads.filter.get(), ...filter });
        },
        scope: () => {
            const filter = reads.filter.get();
            return filter.modelName === null
                ? null
                : {
                      note: `only runs of ${filter.modelName}`,
                      end: () => {
                          reads.setFilter({ ...filter, modelName: null });
                      },
                  };
        },
        mostMarks: 2,
        openItem: ({ run }) => {
            app.go({ screen: "build", runId: run.runId });
            return true;
        },
        onSelect: needOutcome,
    });
    const { state } = list;

    function needOutcome(): void {
        const entry = state.describedOrNull();
        if (isShown && entry !== null) {
            reads.outcomes.need(entry.run.runId);
        }
    }
    /** When a run begins or ends, reads the newest runs and its outcome again. */
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
    for (const readable of [...reads.changes, app.size]) {
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
                tick.set(app.now());
                const { runId } = current;
                if (runId !== null && state.selectedOrNull()?.key === runId && !reads.outcomes.of(runId).isLoading) {
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

    return {
        ...list,
        id: "history",
        handlers: { ...list.handlers, ...makeHistoryActions(app, list, reads) },
        title: (width) =>
            formatHistoryTitle(reads.runs.get().value?.count ?? null, reads.filter.get(), width, app.theme.get()),
        show: (target, isBack) => {
            isShown = true;
            stopWatching();
            endWatching = watch();
            if (target.screen === "history" && isBack !== true) {
                const { runId, modelName } = target;
                if (runId !== undefined || modelName !== undefined) {
                    state.select(runId ?? null);
                    state.filter.set(noFilter);
                    state.focus.set("list");
                    reads.setFilter({ ...allRuns, modelName: modelName ?? null }, runId);
                }
            }
            if (!isRead()) {
                void reads.goTo("newest");
            }
            noticeRuns();
            needOutcome();
        },
        hide: () => {
            isShown = false;
            stopWatching();
            reads.cancel();
            list.hide?.();
        },
    };
}
