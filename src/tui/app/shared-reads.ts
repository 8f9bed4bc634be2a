import type { ReadOptions } from "../../browse/relation.js";
import type { Database } from "../../database/database.js";
import { loadStaleness, type Staleness } from "../../engine/staleness.js";
import { readTime } from "../../text/charts/chart-values.js";
import type { LandingProblem } from "../../warehouse/landing-table.js";
import type { Source } from "../../warehouse/registry.js";
import { loadKnownSources } from "../../runs/source-state.js";
import { judgeSource, loadSourceAge, type Freshness } from "../../warehouse/source-freshness.js";
import { loadSourceList, type ListedSource } from "../../warehouse/source-list.js";
import { keepError, makeLoad, type Load, type Reader } from "../kit/load.js";
import type { Catalogue } from "./catalogue.js";

/** What several screens show besides the catalogue. It is read once for all of them, and again after a new catalogue. */
export interface SharedReads {
    /** Whether each model is stale against its upstream models and sources. */
    readonly staleness: Load<ReadonlyMap<string, Staleness>>;
    readonly sources: Load<SourceStates>;
}

/** The states of the declared sources, by name. */
export interface SourceStates {
    readonly listed: ReadonlyMap<string, ListedSource>;
    readonly news: ReadonlyMap<string, SourceNews>;
}

/** What is known about the newest record of a source. */
export interface SourceNews {
    readonly problem: LandingProblem | null;
    /** The time of the newest record; null when there is none, or it is not known yet. */
    readonly newestMs: number | null;
    /** The time of the newest record that the last build read; null before the first one. */
    readonly builtMs: number | null;
    readonly isDemo: boolean;
    /** Whether the source itself was read; before that, `newestMs` is what the last build saw. */
    readonly isAsked: boolean;
    readonly error: Error | null;
}

/** Whether the source declares how fresh it should be. */
export function isWatched({ warnAfterHours }: Source): boolean {
    return warnAfterHours !== null;
}

/** The freshness of a source by its newest record. */
export function judgeNews(source: Source, { newestMs, isDemo }: SourceNews, nowMs: number): Freshness {
    return judgeSource(source, { ageHours: newestMs === null ? null : (nowMs - newestMs) / 3_600_000, isDemo });
}

/** A limit for each statement, so that one big source does not block the others, nor the person on the embedded database. */
const sourceLimitMs = { server: 10_000, embedded: 2000 };
const staleLimitMs = { server: 30_000, embedded: 5000 };

export function makeSharedReads(reader: Reader, catalogue: Load<Catalogue>): SharedReads {
    const staleness = makeLoad<ReadonlyMap<string, Staleness>>(
        reader,
        (database, options) => {
            const { value } = catalogue.get();
            return value === null
                ? Promise.resolve(new Map())
                : database.withReadOnlyTransaction(
                      (connection) => loadStaleness(connection, value.graph, { isGlance: true }),
                      {
                          ...options,
                          isolation: "repeatable read",
                      },
                  );
        },
        staleLimitMs,
    );
    const sources: Load<SourceStates> = makeLoad(
        reader,
        async (database, options, report) => {
            const declared = catalogue.get().value?.registry.sources ?? [];
            const { listed, known } = await database.withReadOnlyTransaction(
                async (connection) => ({
                    listed: await loadSourceList(connection, declared),
                    known: await loadKnownSources(connection),
                }),
                options,
            );
            const before = sources.get().value?.news;
            let news: ReadonlyMap<string, SourceNews> = new Map(
                declared.map(({ name }) => {
                    const { newest = null, isDemo = false } = known.get(name) ?? {};
                    const builtMs = readTime(newest);
                    const first = { problem: null, newestMs: builtMs, isAsked: false, error: null };
                    return [name, { ...(before?.get(name) ?? first), builtMs, isDemo }];
                }),
            );
            report({ listed, news });
            for (const source of declared.filter(isWatched)) {
                const next = await loadSourceNews(database, source, news.get(source.name) ?? null, options);
                news = new Map([...news, [source.name, next]]);
                report({ listed, news });
            }
            return { listed, news };
        },
        sourceLimitMs,
    );
    let read: Catalogue | null = null;
    catalogue.subscribe(() => {
        const { value } = catalogue.get();
        if (value !== read) {
            read = value;
            staleness.outdate();
            sources.outdate();
        }
    });
    return { staleness, sources };
}

/** Reads a source's newest record. An error becomes part of the result, which keeps what was known before. */
export async function loadSourceNews(
    database: Database,
    source: Source,
    before: SourceNews | null,
    options: ReadOptions,
): Promise<SourceNews> {
    const known = {
        newestMs: before?.newestMs ?? null,
        builtMs: before?.builtMs ?? null,
        isDemo: before?.isDemo ?? false,
    };
    try {
        const age = await database.withReadOnlyTransaction((connection) => loadSourceAge(connection, source), options);
        return age.kind === "found"
            ? {
                  ...known,
                  problem: null,
                  newestMs: readTime(age.newest?.replace("T", " ") ?? null),
                  isAsked: true,
                  error: null,
              }
            : { ...known, problem: age, isAsked: true, error: null };
    } catch (caught) {
        return { ...known, problem: null, isAsked: false, error: keepError(caught, options) };
    }
}
