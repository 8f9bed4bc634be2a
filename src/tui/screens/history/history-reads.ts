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

/** The runs at hand. */
export interface KnownRuns {
    readonly window: RunWindow;
    /** How many runs there are, whatever the filter. */
    readonly count: number;
}

/** What is known of the history, and how its reads stand. */
export interface HistoryReads {
    readonly changes: readonly Readable<unknown>[];
    readonly runs: Readable<Loaded<KnownRuns>>;
    readonly filter: Readable<RunFilter>;
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
    const filter = makeStore<RunFilter>(allRuns);
    /** What is read next, and what becomes of the runs at hand with it. */
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

    /** A read for another filter or another end is given up. */
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
