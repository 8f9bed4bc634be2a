import type { Database } from "../database/database.js";
import { runBuild } from "../engine/build.js";
import type { BuildEvent, RunSummary } from "../engine/events.js";
import { makeStore, type Readable } from "./store.js";

/** What to build. */
export interface BuildRequest {
    readonly command: "build" | "run" | "test";
    readonly select: readonly string[];
    readonly fullRefresh: boolean;
}

/** A build as far as its events have told. */
export interface BuildView {
    readonly request: BuildRequest;
    readonly startedAtMs: number;
    readonly events: readonly BuildEvent[];
    readonly summary: RunSummary | null;
    /** Why it could not run at all. */
    readonly error: Error | null;
    readonly isCancelling: boolean;
}

/** The build that this interface runs, or the last one it ran. */
export interface BuildMonitor extends Readable<BuildView | null> {
    readonly isRunning: () => boolean;
    /** Resolves when no build of this process runs. */
    readonly whenIdle: () => Promise<void>;
    readonly start: (request: BuildRequest) => Promise<void>;
    /** Cancels the running statements; what is published stays. */
    readonly cancel: () => void;
}

export function makeBuildMonitor(
    withDatabase: <T>(use: (database: Database) => Promise<T>) => Promise<T>,
    { threads, now }: { readonly threads: number; readonly now: () => number },
): BuildMonitor {
    const store = makeStore<BuildView | null>(null);
    let controller: AbortController | null = null;
    let running: Promise<void> = Promise.resolve();
    const change = (changes: Partial<BuildView>): void => {
        store.update((view) => (view === null ? null : { ...view, ...changes }));
    };
    return {
        get: store.get,
        subscribe: store.subscribe,
        isRunning: () => controller !== null,
        whenIdle: () => running,
        cancel: () => {
            controller?.abort();
            change({ isCancelling: controller !== null });
        },
        start: (request) => {
            if (controller === null) {
                controller = new AbortController();
                running = run(request, controller.signal);
            }
            return running;
        },
    };

    async function run(request: BuildRequest, signal: AbortSignal): Promise<void> {
        store.set({ request, startedAtMs: now(), events: [], summary: null, error: null, isCancelling: false });
        try {
            const summary = await withDatabase((database) =>
                runBuild(database, {
                    ...request,
                    exclude: [],
                    failFast: false,
                    threads,
                    signal,
                    onEvent: (event) => {
                        change({ events: [...(store.get()?.events ?? []), event] });
                    },
                }),
            );
            change({ summary });
        } catch (error) {
            change({ error: error instanceof Error ? error : new Error(String(error)) });
        } finally {
            controller = null;
            change({ isCancelling: false });
        }
    }
}
