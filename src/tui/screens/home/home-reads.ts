import { loadStaleness, type Staleness } from "../../../engine/staleness.js";
import { readTime } from "../../../text/charts/chart-values.js";
import { loadMartHeadline, type MartHeadline } from "../../../browse/mart-headline.js";
import { loadKnownSources, loadSourceAge } from "../../../warehouse/source-freshness.js";
import type { LandingProblem } from "../../../warehouse/landing-table.js";
import { listMarts, type Source } from "../../../warehouse/registry.js";
import type { App } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import { loadRunOrNull } from "../../app/builds/load-run.js";
import type { Loaded } from "../../kit/resource.js";
import type { RunProgress } from "../../app/builds/run-progress.js";
import { makeStore, type Readable } from "../../terminal/store.js";

/** What is known of the newest record of a source. */
export interface SourceNews {
    readonly problem: LandingProblem | null;
    /** Null when there is none, or not known yet. */
    readonly newestMs: number | null;
    readonly isDemo: boolean;
    /** The source was looked at; before that it is what the last build saw. */
    readonly isAsked: boolean;
    readonly error: Error | null;
}

/** What Home shows besides the catalogue. All of it comes in behind the first picture, and stays while it is read again. */
export interface HomeReads {
    readonly changes: readonly Readable<unknown>[];
    /** The run that goes on, or the last one. */
    readonly run: () => RunProgress | null;
    readonly hasReadRun: () => boolean;
    readonly headlines: () => ReadonlyMap<string, Loaded<MartHeadline>>;
    readonly news: () => ReadonlyMap<string, SourceNews>;
    readonly staleness: () => Loaded<ReadonlyMap<string, Staleness>>;
    /** Reads what is not known of this catalogue, or was read long ago. */
    readonly sync: (catalogue: Catalogue) => void;
}

/** Each read ends by itself: one big mart or source must not keep the others, or on the embedded database a person, waiting. */
const headlineTimeoutMs = { server: 5000, embedded: 2000 };
const sourceTimeoutMs = { server: 10_000, embedded: 2000 };
const staleTimeoutMs = { server: 30_000, embedded: 5000 };
/** Other processes land rows without saying so. */
const outdatedAfterMs = 60_000;

export function makeHomeReads(app: App): HomeReads {
    const lastRun = makeStore<RunProgress | null>(null);
    const hasRead = makeStore(false);
    const headlines = makeStore<ReadonlyMap<string, Loaded<MartHeadline>>>(new Map());
    const news = makeStore<ReadonlyMap<string, SourceNews>>(new Map());
    const staleness = makeStore<Loaded<ReadonlyMap<string, Staleness>>>({ value: null, error: null, isLoading: false });
    let read: { readonly catalogue: Catalogue; readonly atMs: number; readonly controller: AbortController } | null =
        null;

    async function readHeadlines({ registry }: Catalogue, signal: AbortSignal): Promise<void> {
        const marts = listMarts(registry);
        const known = headlines.get();
        headlines.set(new Map(marts.map(({ name }) => [name, makeLoading(known.get(name))])));
        for (const { name, schema, description } of marts) {
            const load = app.read(
                (database) =>
                    loadMartHeadline(database, { schema, name }, description, {
                        signal,
                        timeoutMs: headlineTimeoutMs[database.kind],
                    }),
                signal,
            );
            const loaded = await settle(load, headlines.get().get(name)?.value ?? null);
            if (hasEnded(signal)) {
                return;
            }
            headlines.update((all) => new Map([...all, [name, loaded]]));
        }
    }

    async function readNews({ registry }: Catalogue, signal: AbortSignal): Promise<void> {
        const sources = registry.sources.filter(isWatched);
        const declared = await settle(
            app.read(
                (database) => database.withReadOnlyTransaction(loadKnownSources, { signal, timeoutMs: 5000 }),
                signal,
            ),
            null,
        );
        if (hasEnded(signal)) {
            return;
        }
        news.update(
            (known) =>
                new Map(
                    sources.map(({ name }) => {
                        const { newest = null, isDemo = false } = declared.value?.get(name) ?? {};
                        const unasked = { problem: null, newestMs: readTime(newest), isAsked: false, error: null };
                        return [name, { ...(known.get(name) ?? unasked), isDemo }];
                    }),
                ),
        );
        for (const source of sources) {
            const asked = await settle(
                app.read(
                    (database) =>
                        database.withReadOnlyTransaction((connection) => loadSourceAge(connection, source), {
                            signal,
                            timeoutMs: sourceTimeoutMs[database.kind],
                        }),
                    signal,
                ),
                null,
            );
            if (hasEnded(signal)) {
                return;
            }
            const { value, error } = asked;
            const newestMs = value?.kind === "found" ? readTime(value.newest?.replace("T", " ") ?? null) : undefined;
            news.update((all) => {
                const before = all.get(source.name);
                const next: SourceNews = {
                    problem: value !== null && value.kind !== "found" ? value : null,
                    newestMs: newestMs === undefined ? (before?.newestMs ?? null) : newestMs,
                    isDemo: before?.isDemo ?? false,
                    isAsked: error === null,
                    error,
                };
                return new Map([...all, [source.name, next]]);
            });
        }
    }

    async function readStaleness({ graph }: Catalogue, signal: AbortSignal): Promise<void> {
        staleness.update((known) => ({ ...known, isLoading: true }));
        const load = app.read(
            (database) =>
                database.withReadOnlyTransaction((connection) => loadStaleness(connection, graph), {
                    signal,
                    timeoutMs: staleTimeoutMs[database.kind],
                    isolation: "repeatable read",
                }),
            signal,
        );
        const loaded = await settle(load, staleness.get().value);
        if (!hasEnded(signal)) {
            staleness.set(loaded);
        }
    }

    async function readLastRun(signal: AbortSignal): Promise<void> {
        const run = await settle(loadRunOrNull(app, null, signal), lastRun.get());
        if (!hasEnded(signal)) {
            lastRun.set(run.value);
            hasRead.set(true);
        }
    }

    /** What a person looks for first comes first; then one after the other, so that the screens' reads find their turn. */
    async function readAll(catalogue: Catalogue, signal: AbortSignal): Promise<void> {
        await Promise.all([readLastRun(signal), readHeadlines(catalogue, signal)]);
        await readNews(catalogue, signal);
        await readStaleness(catalogue, signal);
    }

    return {
        changes: [app.builds.current, lastRun, hasRead, headlines, news, staleness],
        run: () => app.builds.current.get() ?? lastRun.get(),
        hasReadRun: hasRead.get,
        headlines: headlines.get,
        news: news.get,
        staleness: staleness.get,
        sync: (catalogue) => {
            const isKnown = read?.catalogue === catalogue && app.now() - read.atMs < outdatedAfterMs;
            const isBuildingElsewhere = app.builds.elsewhereOrNull() !== null;
            // What a build leaves behind is read when it has ended: the catalogue is new then. Before the first one there is nothing.
            if (isKnown || app.builds.isRunning() || (isBuildingElsewhere && read !== null)) {
                return;
            }
            read?.controller.abort();
            const controller = new AbortController();
            read = { catalogue, atMs: app.now(), controller };
            readAll(catalogue, controller.signal).catch(() => undefined);
        },
    };
}

/** A function, as it changes while something is awaited. */
function hasEnded(signal: AbortSignal): boolean {
    return signal.aborted;
}

/** A source of which it is said how new it should be. */
export function isWatched({ warnAfterHours }: Source): boolean {
    return warnAfterHours !== null;
}

function makeLoading<T>(known: Loaded<T> | undefined): Loaded<T> {
    return { value: known?.value ?? null, error: null, isLoading: true };
}

/** An error is a state; what was known stays. */
async function settle<T>(reading: Promise<T>, before: T | null): Promise<Loaded<T>> {
    try {
        return { value: await reading, error: null, isLoading: false };
    } catch (error) {
        return { value: before, error: error instanceof Error ? error : new Error(String(error)), isLoading: false };
    }
}
