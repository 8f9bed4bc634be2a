import type { Database } from "../../database/database.js";
import type { ReadOptions } from "../../browse/relation.js";
import type { App } from "./app.js";
import { makeResource, type Loaded } from "../kit/resource.js";
import { makeStore, type Readable } from "../terminal/store.js";

/** A read that a dialog waits for: it says how long it has been running, and can be given up. */
export interface TimedRead<T> {
    /** For the dialog's `changes`. */
    readonly changes: readonly Readable<unknown>[];
    readonly get: () => Loaded<T>;
    readonly load: () => void;
    /** Gives it up; false when nothing was running. */
    readonly cancel: () => boolean;
    /** `reading: 12 s, x cancels`; empty while nothing runs. */
    readonly describe: (what: string) => string;
    /** To be called when the dialog closes. */
    readonly close: () => void;
}

const longestMs = 600_000;

export function makeTimedRead<T>(
    app: App,
    read: (database: Database, options: ReadOptions) => Promise<T>,
    timeoutMs = longestMs,
): TimedRead<T> {
    const resource = makeResource((signal) => app.read((database) => read(database, { signal, timeoutMs }), signal));
    const clock = makeStore(app.now());
    let startedAtMs = app.now();
    let timer: NodeJS.Timeout | undefined;
    const endTimer = (): void => {
        clearInterval(timer);
        timer = undefined;
    };
    return {
        changes: [resource, clock],
        get: resource.get,
        load: () => {
            startedAtMs = app.now();
            clock.set(startedAtMs);
            timer ??= setInterval(() => {
                clock.set(app.now());
            }, 1000);
            void resource.load().then(() => {
                if (!resource.get().isLoading) {
                    endTimer();
                }
            });
        },
        cancel: () => {
            const { isLoading } = resource.get();
            resource.cancel();
            endTimer();
            return isLoading;
        },
        describe: (what) => {
            if (!resource.get().isLoading) {
                return "";
            }
            const seconds = Math.floor((clock.get() - startedAtMs) / 1000);
            return seconds < 1 ? `${what} …` : `${what}: running ${seconds} s, x cancels`;
        },
        close: () => {
            resource.cancel();
            endTimer();
        },
    };
}
