import { loadRunOutcome, type RunOutcome } from "../../../runs/run-outcome.js";
import {
    allRuns,
    countRuns,
    loadRunPage,
    type RunFilter,
    type RunPage,
    type RunPlace,
} from "../../../runs/run-pages.js";
import type { App } from "../../app/app.js";
import { makeKeyedLoad, type KeyedLoad } from "../../kit/load.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { addPage, emptyWindow, nextPlaceOrNull, renewNewest, type RunWindow } from "./run-window.js";

/** What is known of the history, and how its reads stand. */
export interface HistoryReads {
    readonly changes: readonly Readable<unknown>[];
    readonly window: Readable<RunWindow>;
    readonly filter: Readable<RunFilter>;
    readonly error: Readable<Error | null>;
    /** False until something was read. */
    readonly isRead: Readable<boolean>;
    /** How many runs there are, whatever the filter; null until it is known. */
    readonly count: Readable<number | null>;
    /** By the run's number. */
    readonly outcomes: KeyedLoad<RunOutcome>;
    /** Reads the newest of those that fulfil it, or from a run on. */
    readonly setFilter: (filter: RunFilter, runId?: string) => void;
    /** Reads one of the ends; resolves when it is there. */
    readonly goTo: (end: "newest" | "oldest") => Promise<void>;
    /** Reads on where a person comes near an end of what is known. */
    readonly needAround: (index: number) => void;
    /** Reads the newest runs again: one has begun or ended. */
    readonly renew: () => void;
    /** Gives up what is being read. */
    readonly cancel: () => void;
}

const pageRuns = 60;
const margin = 20;
const timeLimitMs = 10_000;
const maxModels = 200;

export function makeHistoryReads(app: App): HistoryReads {
    const window = makeStore<RunWindow>(emptyWindow);
    const filter = makeStore<RunFilter>(allRuns);
    const error = makeStore<Error | null>(null);
    const isRead = makeStore(false);
    const count = makeStore<number | null>(null);
    /** A read for another filter or another end is given up. */
    let controller = new AbortController();
    let isReading = false;

    async function readPage(place: RunPlace, add: (page: RunPage) => RunWindow): Promise<void> {
        const own = controller;
        isReading = true;
        try {
            const page = await app.read(
                (database, options) =>
                    database.withReadOnlyTransaction(
                        async (connection) => ({
                            ...(await loadRunPage(connection, filter.get(), place, pageRuns)),
                            count: await countRuns(connection),
                        }),
                        options,
                    ),
                own.signal,
                timeLimitMs,
            );
            if (!own.signal.aborted) {
                error.set(null);
                count.set(page.count);
                window.set(add(page));
                isRead.set(true);
            }
        } catch (caught) {
            if (!own.signal.aborted) {
                error.set(caught instanceof Error ? caught : new Error(String(caught)));
                isRead.set(true);
            }
        } finally {
            if (!own.signal.aborted) {
                isReading = false;
            }
        }
    }

    function restart(): void {
        controller.abort();
        controller = new AbortController();
        isReading = false;
    }

    const goTo = (kind: "newest" | "oldest"): Promise<void> => {
        restart();
        return readPage({ kind }, (page) => addPage(window.get(), { kind }, page));
    };

    const outcomes = makeKeyedLoad<RunOutcome>(
        app,
        (runId, database, options) =>
            database.withReadOnlyTransaction((connection) => loadRunOutcome(connection, runId, maxModels), options),
        timeLimitMs,
    );

    return {
        changes: [window, filter, error, isRead, count],
        window,
        filter,
        error,
        isRead,
        count,
        outcomes,
        setFilter: (next, runId) => {
            filter.set(next);
            if (runId === undefined) {
                void goTo("newest");
                return;
            }
            restart();
            const place = { kind: "olderThan", runId: String(BigInt(runId) + 1n) } as const;
            void readPage(place, ({ runs, hasMore }) => ({ runs, hasNewer: true, hasOlder: hasMore }));
        },
        goTo,
        needAround: (index) => {
            const place = nextPlaceOrNull(window.get(), index, margin);
            if (place !== null && !isReading) {
                void readPage(place, (page) => addPage(window.get(), place, page));
            }
        },
        renew: () => {
            if (!window.get().hasNewer) {
                restart();
                void readPage({ kind: "newest" }, (page) => renewNewest(window.get(), page));
            }
        },
        cancel: () => {
            restart();
            outcomes.cancel();
        },
    };
}
