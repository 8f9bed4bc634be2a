import type { Database } from "../../../database/database.js";
import { ConnectionError, StardeckError } from "../../../database/errors.js";
import { runBuild } from "../../../engine/build.js";
import { endLostRuns } from "../../../runs/build-lock.js";
import type { RunSummary } from "../../../engine/events.js";
import { mayBuild, type BuildPreview } from "../../../engine/preview-build.js";
import { makeRunRecorder, type RunRecorder } from "./record-run.js";
import { makeRunFollower } from "./run-follower.js";
import { isRunning as isStillRunning, type RunProgress } from "./run-progress.js";
import { makeStore, type Readable } from "../../terminal/store.js";

/** What to build. */
export interface BuildRequest {
    readonly command: "build" | "run" | "test";
    readonly select: readonly string[];
    readonly fullRefresh: boolean;
    /** The plan shown before the start, which gives the expected durations. */
    readonly preview?: BuildPreview;
}

/** The build that this interface runs, or the last one it ran. */
export interface BuildView {
    readonly request: BuildRequest;
    readonly startedAtMs: number;
    readonly progress: RunProgress;
    readonly summary: RunSummary | null;
    /** Why the build could not start or finish; null when it could. */
    readonly error: Error | null;
    readonly isCancelling: boolean;
}

/** This interface's builds, and those of other processes on the same database. */
export interface BuildMonitor extends Readable<BuildView | null> {
    /** The run to show: the running one, here or in another process, else the last one seen. Changes each second while it runs. */
    readonly current: Readable<RunProgress | null>;
    /** True while this interface builds. */
    readonly isRunning: () => boolean;
    /** The run that another process is doing now; null when there is none. */
    readonly elsewhereOrNull: () => RunProgress | null;
    /** Resolves when no build of this process runs. */
    readonly whenIdle: () => Promise<void>;
    readonly start: (request: BuildRequest) => Promise<void>;
    /** Cancels the running statements; published models stay. */
    readonly cancel: () => void;
    /** Cancels one model of this interface's build: models downstream of it are skipped, the rest goes on. */
    readonly cancelModel: (modelName: string) => void;
    /** Watches for builds of other processes until the returned function is called. */
    readonly follow: () => () => void;
    /** Called when a run has ended, this interface's or another's. */
    readonly onEnd: (listener: (run: RunProgress) => void) => () => void;
}

/** A build can send hundreds of events a second; the screen is painted at most four times a second. */
const paintEveryMs = 250;
const tickEveryMs = 1000;
/** Drawing takes time for each model: with many models it is done less often, so that its share of the processor stays the same. */
const paintEveryMsOfModel = 0.5;

export function makeBuildMonitor(
    withDatabase: <T>(use: (database: Database) => Promise<T>) => Promise<T>,
    { threads, now }: { readonly threads: number; readonly now: () => number },
): BuildMonitor {
    const store = makeStore<BuildView | null>(null);
    const current = makeStore<RunProgress | null>(null);
    const endListeners = new Set<(run: RunProgress) => void>();
    let controller: AbortController | null = null;
    let cancelModel: (modelName: string) => void = () => undefined;
    let running: Promise<void> = Promise.resolve();
    let cleaning: Promise<unknown> = Promise.resolve();

    const tellEnd = (run: RunProgress): void => {
        endListeners.forEach((listener) => {
            listener(run);
        });
    };
    const follower = makeRunFollower({
        withDatabase,
        now,
        isBusy: () => controller !== null,
        ownRunId: () => store.get()?.progress.runId ?? null,
        onEnd: tellEnd,
    });
    follower.subscribe(() => {
        current.set(follower.get());
    });

    const show = (view: BuildView): void => {
        store.set(view);
        current.set(view.progress);
    };

    async function run(request: BuildRequest, own: AbortController): Promise<void> {
        const startedAtMs = now();
        const recorder = makeRunRecorder({
            command: request.command,
            selection: request.select.join(" "),
            isFullRefresh: request.fullRefresh,
            threads,
            startedAtMs,
            expectedMs: expectationsOf(request),
        });
        const painter = makePainter(() => {
            const isCancelling = own.signal.aborted;
            // A new object each time, because the map of models is changed in place and listeners compare identities.
            const progress = { ...recorder.progress(), isCancelling };
            show({ request, startedAtMs, progress, summary: null, error: null, isCancelling });
            return Math.max(paintEveryMs, progress.modelNames.length * paintEveryMsOfModel);
        });
        const models = new Map<string, AbortController>();
        const controllerOf = (modelName: string): AbortController => {
            const known = models.get(modelName) ?? new AbortController();
            models.set(modelName, known);
            return known;
        };
        cancelModel = (modelName) => {
            recorder.cancelModel(modelName);
            controllerOf(modelName).abort();
            painter.paintNow();
        };
        painter.paintNow();
        own.signal.addEventListener("abort", painter.paintNow);
        let summary: RunSummary | null = null;
        let error: Error | null = null;
        try {
            await cleaning;
            summary = await withDatabase((database) =>
                runBuild(database, {
                    command: request.command,
                    select: request.select,
                    fullRefresh: request.fullRefresh,
                    exclude: [],
                    failFast: false,
                    threads,
                    signal: own.signal,
                    signalOfModel: (modelName) => controllerOf(modelName).signal,
                    onEvent: (event) => {
                        recorder.record(event, now());
                        painter.paint();
                    },
                }),
            );
        } catch (caught) {
            error = caught instanceof Error ? caught : new Error(String(caught));
            endWithError(recorder, error, own.signal.aborted);
            if (error instanceof ConnectionError) {
                // No other process releases the run's lock while this one lives.
                const reason = error.message;
                cleaning = withDatabase((database) => endLostRuns(database, reason)).catch(() => undefined);
            }
        } finally {
            painter.end();
            controller = null;
            cancelModel = () => undefined;
        }
        show({ request, startedAtMs, progress: recorder.progress(), summary, error, isCancelling: false });
        tellEnd(recorder.progress());
    }

    function endWithError(recorder: RunRecorder, error: Error, isAborted: boolean): void {
        const hint = error instanceof StardeckError && error.hint !== undefined ? ` ${error.hint}` : "";
        recorder.change({
            state: isAborted ? "cancelled" : "failed",
            message: isAborted ? "stopped on request" : `${error.message}${hint}`,
            endedAtMs: now(),
        });
        recorder.cancelRest();
    }

    return {
        get: store.get,
        subscribe: store.subscribe,
        current,
        isRunning: () => controller !== null,
        elsewhereOrNull: () => {
            const followed = follower.get();
            return controller === null && followed !== null && isStillRunning(followed) ? followed : null;
        },
        whenIdle: () => running,
        follow: follower.start,
        onEnd: (listener) => {
            endListeners.add(listener);
            return () => {
                endListeners.delete(listener);
            };
        },
        cancel: () => {
            controller?.abort();
        },
        cancelModel: (modelName) => {
            cancelModel(modelName);
        },
        start: (request) => {
            if (controller === null) {
                controller = new AbortController();
                running = run(request, controller);
            }
            return running;
        },
    };
}

function expectationsOf({ preview, command }: BuildRequest): RunProgress["expectedMs"] {
    return preview === undefined || command === "test"
        ? null
        : new Map(preview.models.filter(mayBuild).map(({ modelName, typicalMs }) => [modelName, typicalMs]));
}

/** Calls `draw` at most once in the milliseconds that it returns, and at least each second for the clock. */
function makePainter(draw: () => number): {
    readonly paint: () => void;
    readonly paintNow: () => void;
    readonly end: () => void;
} {
    let timer: NodeJS.Timeout | undefined;
    let nextMs = -Infinity;
    const paintNow = (): void => {
        clearTimeout(timer);
        timer = undefined;
        nextMs = performance.now() + draw();
    };
    const paint = (): void => {
        timer ??= setTimeout(paintNow, Math.max(0, nextMs - performance.now()));
    };
    const ticker = setInterval(paint, tickEveryMs);
    return {
        paintNow,
        paint,
        end: () => {
            clearTimeout(timer);
            clearInterval(ticker);
        },
    };
}
