import type { Graph } from "../../../engine/graph.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { estimateLeftOrNull, type LeftTime } from "../../app/builds/estimate-left.js";
import { formatRunTitle } from "../../app/lines/run-lines.js";
import type { RunProgress } from "../../app/builds/run-progress.js";
import { makeBuildActions } from "./build-actions.js";
import { makeBuildReads } from "./build-reads.js";
import { makeBuildState, type Listed } from "./build-state.js";
import { layOutBuild, paintBuild, paintNoBuild, type PaintedBuild } from "./paint-build.js";
import { makePreparation } from "./preparation.js";

/** A build as it runs, or as it ended: every model with its state, rows, tests and what went wrong. */
export function makeBuildScreen(app: App): Screen {
    const reads = makeBuildReads(app);
    const state = makeBuildState(app, reads);
    const preparation = makePreparation(app);
    const handlers = makeBuildActions(app, state, reads);
    let painted: PaintedBuild | null = null;
    let estimated: { readonly run: RunProgress; readonly graph: Graph | null; readonly left: LeftTime | null } | null =
        null;
    let endWatching: readonly (() => void)[] = [];

    /** Once for each picture, of which title and body are painted apart. */
    function leftOf(run: RunProgress): LeftTime | null {
        const graph = state.graph();
        if (estimated?.run !== run || estimated.graph !== graph) {
            estimated = { run, graph, left: estimateLeftOrNull(run, graph, app.now()) };
        }
        return estimated.left;
    }

    function paintList(
        { run, items, cursor, selected }: Listed,
        size: { readonly columns: number; readonly rows: number },
    ): readonly string[] {
        painted = paintBuild(
            {
                run,
                left: leftOf(run),
                items,
                cursor,
                offset: painted?.list.offset ?? 0,
                filterNote: describeFilter(state.filter.get(), state.isFailuresOnly.get(), items.length),
                panes: layOutBuild(size.columns, state.isZoomed.get()),
                selected:
                    selected === null
                        ? null
                        : {
                              model: selected,
                              context: state.contextOf(run, selected.modelName),
                              failing: reads.failingOf(selected.modelName),
                          },
                nowMs: app.now(),
                theme: app.theme.get(),
            },
            size,
        );
        state.setSize(size.columns, painted.listHeight);
        return painted.lines;
    }

    let shownRunId: string | null = null;
    const noticeChanges = (): void => {
        const runId = reads.run()?.runId ?? null;
        if (runId !== shownRunId) {
            shownRunId = runId;
            state.reset();
        }
        reads.sync();
        state.readShown();
    };
    const stopWatching = (): void => {
        for (const end of endWatching) {
            end();
        }
        endWatching = [];
    };
    const watchClock = (): (() => void) => {
        const clock = setInterval(() => {
            // A run has its own clock.
            if (app.connection.get().kind === "opening") {
                state.tick.set(app.now());
            }
        }, 1000).unref();
        return () => {
            clearInterval(clock);
        };
    };

    return {
        id: "build",
        changes: [...state.changes, preparation.steps],
        handlers,
        title: (width) => {
            const [run, nowMs] = [reads.run(), app.now()];
            return run === null
                ? "Build"
                : formatRunTitle(run, leftOf(run), {
                      nowMs,
                      width,
                      theme: app.theme.get(),
                  });
        },
        paint: (size) => {
            state.setSize(size.columns, painted?.listHeight ?? 10);
            const listed = state.list();
            if (listed !== null) {
                return paintList(listed, size);
            }
            painted = null;
            return paintNoBuild(
                {
                    connection: app.connection.get(),
                    steps: preparation.steps.get(),
                    reading: reads.reading(),
                    runId: reads.shownRunId(),
                    nowMs: app.now(),
                    theme: app.theme.get(),
                },
                size,
            );
        },
        show: (target, isBack) => {
            if (target.screen === "build" && isBack !== true) {
                reads.showRun(target.runId ?? null);
            }
            stopWatching();
            endWatching = [
                watchClock(),
                ...reads.changes.map((readable) => readable.subscribe(noticeChanges)),
                // Last: what it gives up must not be asked for again.
                reads.watch(),
            ];
            noticeChanges();
        },
        hide: stopWatching,
        click: (event) => {
            const listed = state.list();
            if (listed === null || painted === null) {
                return;
            }
            const wheel = event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0;
            const item = painted.list.items[event.row - painted.listTop] ?? null;
            if (wheel !== 0) {
                state.moveTo(listed.cursor + wheel);
            } else if (event.action === "press" && item !== null) {
                const isSecond = listed.item?.key === item.key;
                state.moveTo(listed.items.findIndex(({ key }) => key === item.key));
                if (isSecond) {
                    handlers.open?.run();
                }
            }
        },
    };
}

function describeFilter(filter: string, isFailuresOnly: boolean, count: number): string {
    const parts = [
        ...(isFailuresOnly ? ["only what failed or warned"] : []),
        ...(filter === "" ? [] : [`only models with "${filter}"`]),
    ];
    const none = count === 0 ? ": none" : "";
    return parts.length === 0 ? "" : `${parts.join(", ")}${none}   esc shows all`;
}
