import { makeStore, type Readable } from "../terminal/store.js";

export type JobStatus = "running" | "done" | "failed" | "cancelled";

/** A long task that runs in the background: an export, an exact count. */
export interface Job {
    readonly id: number;
    readonly title: string;
    readonly status: JobStatus;
    /** What the job has done so far, its result, or why it failed. */
    readonly progress: string;
    readonly startedAtMs: number;
    readonly endedAtMs: number | null;
}

export interface Jobs extends Readable<readonly Job[]> {
    /** Starts a job. `run` returns its result in words, and should stop when the signal is aborted. */
    start(
        title: string,
        run: (report: (progress: string) => void, signal: AbortSignal) => Promise<string>,
    ): Promise<Job>;
    readonly cancel: (id: number) => void;
    readonly cancelAll: () => void;
}

/** Only the newest are kept. */
const maxJobs = 100;

export function makeJobs(now: () => number): Jobs {
    const store = makeStore<readonly Job[]>([]);
    const running = new Map<number, AbortController>();
    let lastId = 0;
    const change = (id: number, changes: Partial<Job>): Job => {
        store.update((jobs) => jobs.map((job) => (job.id === id ? { ...job, ...changes } : job)));
        // The job may have been dropped from the list as the oldest.
        return store.get().find((job) => job.id === id) ?? ({ id, ...changes } as Job);
    };
    const cancel = (id: number): void => {
        running.get(id)?.abort();
    };
    return {
        get: store.get,
        subscribe: store.subscribe,
        cancel,
        cancelAll: () => {
            for (const id of running.keys()) {
                cancel(id);
            }
        },
        start: async (title, run) => {
            const id = ++lastId;
            const controller = new AbortController();
            running.set(id, controller);
            const job: Job = { id, title, status: "running", progress: "", startedAtMs: now(), endedAtMs: null };
            store.update((jobs) => [job, ...jobs].slice(0, maxJobs));
            try {
                const result = await run((progress) => change(id, { progress }), controller.signal);
                return change(id, { status: "done", progress: result, endedAtMs: now() });
            } catch (error) {
                const status = controller.signal.aborted ? "cancelled" : "failed";
                const progress =
                    status === "cancelled" ? "cancelled" : error instanceof Error ? error.message : String(error);
                return change(id, { status, progress, endedAtMs: now() });
            } finally {
                running.delete(id);
            }
        },
    };
}
