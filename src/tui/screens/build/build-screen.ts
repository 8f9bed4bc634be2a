import type { Graph } from "../../../engine/graph.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { estimateLeftOrNull, type LeftTime } from "../../app/builds/estimate-left.js";
import { formatModelTitles, layOutModelColumns, type ModelContext } from "../../app/lines/model-line.js";
import { formatRunTitle } from "../../app/lines/run-lines.js";
import { isRunning, makeQueuedModel, type ModelProgress, type RunProgress } from "../../app/builds/run-progress.js";
import { makeListDetail, type ListDetail } from "../../kit/list-detail/list-detail.js";
import type { Folds } from "../../kit/list-detail/list-detail-state.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { makeBuildActions, openBuildItem } from "./build-actions.js";
import { listBuildItems, type BuildItem } from "./build-list.js";
import { makeBuildReads } from "./build-reads.js";
import { describeModel, formatBuildHead, paintNoBuild, type PreparationStep } from "./paint-build.js";

/** Failed models are open at first only if there are no more than these; else they would push the rest out of view. */
const maxOpenFailures = 3;

/** A build that is running or has ended: every model with its state, rows, data tests and errors. */
export function makeBuildScreen(app: App): Screen {
    const reads = makeBuildReads(app);
    const steps = watchPreparation(app);
    /** Set each second while the database is opened. */
    const tick = makeStore(0);
    let estimated: { readonly run: RunProgress; readonly graph: Graph | null; readonly left: LeftTime | null } | null =
        null;
    let endWatching: readonly (() => void)[] = [];
    const graph = (): Graph | null => app.catalogue.get().value?.graph ?? null;

    /** Cached, because title and body of one frame both need it. */
    function leftOf(run: RunProgress): LeftTime | null {
        if (estimated?.run !== run || estimated.graph !== graph()) {
            estimated = { run, graph: graph(), left: estimateLeftOrNull(run, graph(), app.now()) };
        }
        return estimated.left;
    }

    function contextOf(run: RunProgress, modelName: string): ModelContext {
        const isPending = (name: string): boolean =>
            ["queued", "running"].includes(run.models.get(name)?.status ?? "ok");
        return {
            durations: reads.durationsOf(modelName),
            wait: reads.waitOf(modelName),
            waitsFor: isRunning(run) ? (graph()?.upstreamOf(modelName) ?? []).filter(isPending) : [],
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

    /** Whether a model's details are open: as a person set it, else open for failed models if there are few. */
    function makeIsOpen(run: RunProgress, folds: Folds): (model: ModelProgress) => boolean {
        const areFailuresOpen = countFailed(run) <= maxOpenFailures;
        return ({ modelName, status }) => folds.get(modelName) ?? (status === "failed" && areFailuresOpen);
    }

    const list: ListDetail<BuildItem> = makeListDetail<BuildItem>(app, {
        changes: [...reads.changes, app.catalogue, app.connection, steps, tick],
        shares: { two: { share: 0.55, least: 66 }, three: null },
        staysAtTop: () => true,
        items: (filter, folds) => {
            const run = reads.run();
            return run === null
                ? null
                : listBuildItems(run, {
                      filter,
                      isExpanded: makeIsOpen(run, folds),
                      isBlocked: (name) => reads.waitOf(name)?.waitType === "Lock",
                      contextOf: (name) => contextOf(run, name),
                      failingOf: reads.failingOf,
                      width: list.state.widths().list - 1,
                      theme: app.theme.get(),
                  });
        },
        heightOf: ({ height }) => height,
        lineOf: ({ lines }) => lines(),
        foldOf: ({ modelName }) => {
            const run = reads.run();
            const model = run?.models.get(modelName);
            const isOpen = run !== null && model !== undefined && makeIsOpen(run, list.state.folds())(model);
            return { key: modelName, isOpen };
        },
        above: (width) => {
            const run = reads.run();
            return run === null
                ? []
                : formatBuildHead(run, leftOf(run), { nowMs: app.now(), width, theme: app.theme.get() });
        },
        titles: (width) => formatModelTitles(layOutModelColumns(width), app.theme.get()),
        describe: ({ modelName }, { width }) => {
            const run = reads.run();
            return run === null
                ? []
                : describeModel(modelOf(run, modelName), contextOf(run, modelName), reads.failingOf(modelName), {
                      width,
                      theme: app.theme.get(),
                  });
        },
        nothing: (size) =>
            reads.run() !== null
                ? []
                : paintNoBuild(
                      {
                          connection: app.connection.get(),
                          steps: steps.get(),
                          reading: reads.reading(),
                          runId: reads.shownRunId(),
                          nowMs: app.now(),
                          theme: app.theme.get(),
                      },
                      size,
                  ),
        filterLabel: "Models with",
        problemsNote: "only what failed or warned",
        openItem: (item) => {
            openBuildItem(app, list.state, reads, item);
            return true;
        },
        onSelect: readShown,
    });

    /** Reads the failing rows of the open models and of the described one. */
    function readShown(): void {
        const run = reads.run();
        if (run === null) {
            return;
        }
        const described = list.state.describedOrNull()?.modelName;
        const isOpen = makeIsOpen(run, list.state.folds());
        const wanted = run.modelNames.filter((name) => {
            const model = run.models.get(name);
            // Failing rows are kept only once the model has ended.
            const hasRows = model !== undefined && model.problems.length > 0 && model.durationMs !== null;
            return hasRows && (name === described || isOpen(model));
        });
        reads.needFailing(wanted);
    }

    let shownRunId: string | null = null;
    const noticeChanges = (): void => {
        const runId = reads.run()?.runId ?? null;
        if (runId !== shownRunId) {
            shownRunId = runId;
            list.state.select(null);
            list.state.forgetFolds();
        }
        reads.sync();
        readShown();
    };
    const stopWatching = (): void => {
        for (const end of endWatching) {
            end();
        }
        endWatching = [];
    };
    const watchClock = (): (() => void) => {
        const clock = setInterval(() => {
            // While a run is shown, its progress changes each second by itself.
            if (app.connection.get().kind === "opening") {
                tick.set(app.now());
            }
        }, 1000).unref();
        return () => {
            clearInterval(clock);
        };
    };

    return {
        ...list,
        id: "build",
        handlers: { ...list.handlers, ...makeBuildActions(app, list, reads) },
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
        show: (target, isBack) => {
            if (target.screen === "build" && isBack !== true) {
                reads.showRun(target.runId ?? null);
            }
            stopWatching();
            endWatching = [
                watchClock(),
                ...reads.changes.map((readable) => readable.subscribe(noticeChanges)),
                // Ended last, when no listener is left that would start the cancelled reads again.
                reads.watch(),
            ];
            noticeChanges();
        },
        hide: () => {
            stopWatching();
            list.hide?.();
        },
    };
}

function modelOf(run: RunProgress, modelName: string): ModelProgress {
    return run.models.get(modelName) ?? makeQueuedModel(modelName);
}

function countFailed(run: RunProgress): number {
    let count = 0;
    for (const { status } of run.models.values()) {
        count += status === "failed" ? 1 : 0;
    }
    return count;
}

/** Records the steps of opening and preparing the database, each with its time. */
function watchPreparation(app: App): Readable<readonly PreparationStep[]> {
    const steps = makeStore<readonly PreparationStep[]>([]);
    const notice = (): void => {
        const connection = app.connection.get();
        const nowMs = app.now();
        const { doing, progress } = connection.kind === "opening" ? connection : { doing: null, progress: null };
        const last = steps.get().at(-1);
        if (last?.endedAtMs === null && last.text === doing) {
            steps.set([...steps.get().slice(0, -1), { ...last, progress }]);
            return;
        }
        const ended = steps.get().map((step) => ({ ...step, endedAtMs: step.endedAtMs ?? nowMs }));
        steps.set(doing === null ? ended : [...ended, { text: doing, progress, startedAtMs: nowMs, endedAtMs: null }]);
    };
    notice();
    app.connection.subscribe(notice);
    return steps;
}
