import { loadMartHeadline, type MartHeadline } from "../../../browse/mart-headline.js";
import type { Staleness } from "../../../engine/staleness.js";
import { listMarts } from "../../../warehouse/registry.js";
import type { App } from "../../app/app.js";
import { loadRunOrNull } from "../../app/builds/load-run.js";
import type { RunProgress } from "../../app/builds/run-progress.js";
import type { Catalogue } from "../../app/catalogue.js";
import type { SourceNews } from "../../app/shared-reads.js";
import { keepError, makeLoad, type Load, type Loaded } from "../../kit/load.js";
import type { Readable } from "../../terminal/store.js";

/** What Home shows besides the catalogue. It is read after the first frame, and stays while it is read again. */
export interface HomeReads {
    readonly changes: readonly Readable<unknown>[];
    /** The running run, or the last one. */
    readonly run: () => RunProgress | null;
    readonly headlines: () => ReadonlyMap<string, Loaded<MartHeadline>>;
    readonly news: () => ReadonlyMap<string, SourceNews>;
    readonly staleness: () => Loaded<ReadonlyMap<string, Staleness>>;
    /** Reads everything again for a new catalogue, or when it was read long ago. */
    readonly sync: (catalogue: Catalogue) => void;
    /** Looks quickly for new landing rows, unless a build or another read of Home is running. */
    readonly probe: () => void;
    /** When new rows were last looked for; null if never. */
    readonly checkedAtMs: () => number | null;
    /** Cancels all reads that are running. */
    readonly cancel: () => void;
}

/** A limit for each statement, so that one big mart does not block the others, nor the person on the embedded database. */
const headlineLimitMs = { server: 5000, embedded: 2000 };
const runLimitMs = 20_000;
/** Other processes land rows without notice, so older reads are repeated. */
const outdatedAfterMs = 60_000;

type Headlines = ReadonlyMap<string, Loaded<MartHeadline>>;

export function makeHomeReads(app: App): HomeReads {
    const lastRun = makeLoad(app, (database, options) => loadRunOrNull(app, database, null, options), runLimitMs);
    const headlines: Load<Headlines> = makeLoad(
        app,
        async (database, options, report) => {
            const catalogue = app.catalogue.get().value;
            const marts = catalogue === null ? [] : listMarts(catalogue.registry);
            const before = headlines.get().value;
            let known: Headlines = new Map(
                marts.map(({ name }) => [
                    name,
                    { value: before?.get(name)?.value ?? null, error: null, isLoading: true },
                ]),
            );
            report(known);
            for (const mart of marts) {
                const { name } = mart;
                let loaded: Loaded<MartHeadline>;
                try {
                    const value = await loadMartHeadline(database, mart, options);
                    loaded = { value, error: null, isLoading: false };
                } catch (caught) {
                    const value = known.get(name)?.value ?? null;
                    loaded = { value, error: keepError(caught, options), isLoading: false };
                }
                known = new Map([...known, [name, loaded]]);
                report(known);
            }
            return known;
        },
        headlineLimitMs,
    );
    let read: { readonly catalogue: Catalogue; readonly atMs: number } | null = null;
    /** Changes whenever reads are cancelled or started again. */
    let turn = 0;
    let checkedAtMs: number | null = null;
    app.staleness.subscribe(() => {
        const { isLoading, error, value } = app.staleness.get();
        if (!isLoading && error === null && value !== null) {
            checkedAtMs = app.now();
        }
    });

    /** Reads the most important first, and the rest one after the other, so that reads of other screens are not kept waiting. */
    async function readAll(): Promise<void> {
        const own = ++turn;
        await Promise.all([lastRun.need(), headlines.need()]);
        for (const load of [app.sources, app.staleness]) {
            if (own === turn) {
                await load.need();
            }
        }
    }

    /** Looks for new rows; only if there are any, it asks the sources for their newest records, which costs more. */
    async function probe(): Promise<void> {
        const own = turn;
        const before = app.staleness.get().value;
        await app.staleness.load();
        const after = app.staleness.get().value;
        if (own === turn && JSON.stringify([...(before ?? [])]) !== JSON.stringify([...(after ?? [])])) {
            await app.sources.load();
        }
    }

    return {
        changes: [app.builds.current, lastRun, headlines, app.sources, app.staleness],
        run: () => app.builds.current.get() ?? lastRun.get().value,
        headlines: () => {
            const { value, error } = headlines.get();
            const known = value ?? new Map<string, Loaded<MartHeadline>>();
            return error === null
                ? known
                : new Map(
                      [...known].map(([name, each]) => [
                          name,
                          each.isLoading ? { ...each, error, isLoading: false } : each,
                      ]),
                  );
        },
        news: () => app.sources.get().value?.news ?? new Map<string, SourceNews>(),
        staleness: app.staleness.get,
        sync: (catalogue) => {
            const isBuildingElsewhere = app.builds.elsewhereOrNull() !== null;
            // During a build the old values stay: at its end the catalogue is new, and everything is read again.
            if (app.builds.isRunning() || (isBuildingElsewhere && read !== null)) {
                return;
            }
            const isOld = read !== null && app.now() - read.atMs >= outdatedAfterMs;
            if (read?.catalogue !== catalogue || isOld) {
                read = { catalogue, atMs: app.now() };
                lastRun.outdate();
                headlines.outdate();
            }
            if (isOld) {
                app.sources.outdate();
                app.staleness.outdate();
            }
            void readAll();
        },
        probe: () => {
            const isBusy = [lastRun, headlines, app.sources, app.staleness].some((load) => load.get().isLoading);
            const isBuilding = app.builds.isRunning() || app.builds.elsewhereOrNull() !== null;
            if (!isBusy && !isBuilding && read !== null && app.connection.get().kind === "open") {
                void probe();
            }
        },
        checkedAtMs: () => checkedAtMs,
        cancel: () => {
            turn++;
            for (const load of [lastRun, headlines, app.sources, app.staleness]) {
                load.cancel();
            }
        },
    };
}
