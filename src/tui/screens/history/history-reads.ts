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
import { makeKeyedLoad, makeLoad, type KeyedLoad, type Load, type Loaded } from "../../kit/load.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { addPage, emptyWindow, nextPlaceOrNull, renewNewest, type RunWindow } from "./run-window.js";

/** The runs that have been read. */
export interface KnownRuns {
    readonly window: RunWindow;
    /** How many runs there are without any filter. */
    readonly count: number;
}

/** The runs and their outcomes, with the state of reading them. */
export interface HistoryReads {
    readonly changes: readonly Readable<unknown>[];
    readonly runs: Readable<Loaded<KnownRuns>>;
    readonly filter: Readable<RunFilter>;
    /** By run id. */
    readonly outcomes: KeyedLoad<RunOutcome>;
    /** Sets the filter and reads the newest matching runs, or those from a run on. */
    readonly setFilter: (filter: RunFilter, runId?: string) => void;
    /** Reads the newest or the oldest runs; resolves when they have been read. */
    readonly goTo: (end: "newest" | "oldest") => Promise<void>;
    /** Reads more runs when the index is near an end of those that have been read. */
    readonly needAround: (index: number) => void;
    /** Reads the newest runs again after one has begun or ended. */
    readonly renew: () => void;
    /** Cancels all reads that are running. */
    readonly cancel: () => void;
}

const pageRuns = 60;
const margin = 20;
const timeLimitMs = 10_000;
const maxModels = 200;

export function makeHistoryReads(app: App): HistoryReads {
    const filter = makeStore<RunFilter>(allRuns);
    /** The page that is read next, and how it is added to the known runs. */
    let next: PageRead = { place: { kind: "newest" }, add: addPageAt({ kind: "newest" }) };
    const runs: Load<KnownRuns> = makeLoad<KnownRuns>(
        app,
        (database, options) =>
            database.withReadOnlyTransaction(async (connection) => {
                const { place, add } = next;
                const page = await loadRunPage(connection, filter.get(), place, pageRuns);
                const count = await countRuns(connection);
                return { window: add(windowOf(runs.get()), page), count };
            }, options),
        timeLimitMs,
    );

    /** Reads a page; cancels a read for another filter or place. */
    const readPage = (place: RunPlace, add = addPageAt(place)): Promise<void> => {
        next = { place, add };
        return runs.load();
    };

    const outcomes = makeKeyedLoad<RunOutcome>(
        app,
        (runId, database, options) =>
            database.withReadOnlyTransaction((connection) => loadRunOutcome(connection, runId, maxModels), options),
        timeLimitMs,
    );

    return {
        changes: [runs, filter],
        runs,
        filter,
        outcomes,
        setFilter: (wanted, runId) => {
            filter.set(wanted);
            if (runId === undefined) {
                void readPage({ kind: "newest" });
                return;
            }
            const place = { kind: "olderThan", runId: String(BigInt(runId) + 1n) } as const;
            void readPage(place, (_, page) => ({ runs: page.runs, hasNewer: true, hasOlder: page.hasMore }));
        },
        goTo: (kind) => readPage({ kind }),
        needAround: (index) => {
            const place = nextPlaceOrNull(windowOf(runs.get()), index, margin);
            if (place !== null && !runs.get().isLoading) {
                void readPage(place);
            }
        },
        renew: () => {
            if (!windowOf(runs.get()).hasNewer) {
                void readPage({ kind: "newest" }, renewNewest);
            }
        },
        cancel: () => {
            runs.cancel();
            outcomes.cancel();
        },
    };
}

interface PageRead {
    readonly place: RunPlace;
    readonly add: (window: RunWindow, page: RunPage) => RunWindow;
}

function addPageAt(place: RunPlace): PageRead["add"] {
    return (window, page) => addPage(window, place, page);
}

export function windowOf({ value }: Loaded<KnownRuns>): RunWindow {
    return value?.window ?? emptyWindow;
}
