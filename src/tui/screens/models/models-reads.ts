import { loadStaleness, type Staleness } from "../../../engine/staleness.js";
import { loadRunsOfModel, type RunOfModel } from "../../../runs/model-runs.js";
import { loadRelationDetails, type RelationDetails } from "../../../warehouse/relation-details.js";
import { loadSourceList, type ListedSource } from "../../../warehouse/source-list.js";
import { loadSourceStatus, type SourceStatus } from "../../../warehouse/source-status.js";
import type { App } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import { makeKeyedResource } from "../../kit/keyed-resource.js";
import { makeResource, type Loaded } from "../../kit/resource.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { ModelsItem } from "./models-list.js";

/** What the Models screen shows besides the catalogue. */
export interface ModelsReads {
    readonly changes: readonly Readable<unknown>[];
    readonly sources: () => ReadonlyMap<string, ListedSource>;
    readonly staleness: () => ReadonlyMap<string, Staleness>;
    /** Null as long as nobody has asked. */
    readonly statusOf: (sourceName: string) => Loaded<SourceStatus> | null;
    readonly detailsOf: (item: ModelsItem) => Loaded<ItemDetails> | null;
    /** Reads what describes an item, once. */
    readonly need: (item: ModelsItem) => void;
    /** Reads for a catalogue that is new what goes with it; nothing if that was done. */
    readonly sync: (catalogue: Catalogue) => void;
    /** Reads all of it again. */
    readonly refresh: () => void;
}

/** What describes a model or a source besides the catalogue. */
export interface ItemDetails {
    readonly relation: RelationDetails;
    /** The newest first; of a source there are none. */
    readonly runs: readonly RunOfModel[];
}

const catalogTimeoutMs = 5000;
/** Counting rows of sources takes long where there are many. */
const countTimeoutMs = 30_000;
const shownRuns = 50;

export function makeModelsReads(app: App): ModelsReads {
    let catalogue: Catalogue | null = null;
    const sources = makeResource((signal) => {
        const declared = catalogue?.registry.sources ?? [];
        return app.read(
            (database) =>
                database.withReadOnlyTransaction((connection) => loadSourceList(connection, declared), {
                    signal,
                    timeoutMs: catalogTimeoutMs,
                }),
            signal,
        );
    });
    const staleness = makeResource((signal) => {
        const graph = catalogue?.graph;
        return app.read(
            (database) =>
                graph === undefined
                    ? Promise.resolve(new Map<string, Staleness>())
                    : database.withReadOnlyTransaction((connection) => loadStaleness(connection, graph), {
                          isolation: "repeatable read",
                          statementTimeoutMs: countTimeoutMs,
                      }),
            signal,
        );
    });
    const statuses = makeStore<ReadonlyMap<string, Loaded<SourceStatus>>>(new Map());
    let waiting: string[] = [];
    let isReadingStatuses = false;
    const details = makeKeyedResource((key, signal) => loadDetails(app, catalogue, key, signal));

    async function loadStatus(sourceName: string): Promise<Loaded<SourceStatus>> {
        const source = catalogue?.graph.sources.get(sourceName);
        const value = statuses.get().get(sourceName)?.value ?? null;
        try {
            if (source === undefined) {
                return { value, error: null, isLoading: false };
            }
            const { signal } = new AbortController();
            const read = await app.read((database) =>
                database.withReadOnlyTransaction((connection) => loadSourceStatus(connection, source), {
                    signal,
                    timeoutMs: countTimeoutMs,
                }),
            );
            return { value: read, error: null, isLoading: false };
        } catch (error) {
            return { value, error: error instanceof Error ? error : new Error(String(error)), isLoading: false };
        }
    }

    /** One source after the other: on the embedded database each keeps others waiting. */
    async function readStatuses(): Promise<void> {
        if (isReadingStatuses) {
            return;
        }
        isReadingStatuses = true;
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            const loaded = await loadStatus(next);
            statuses.set(new Map([...statuses.get(), [next, loaded]]));
        }
        isReadingStatuses = false;
    }

    function readAll(next: Catalogue): void {
        catalogue = next;
        details.outdate();
        void sources.load();
        void staleness.load();
        const { sources: declared } = next.registry;
        waiting = declared.filter(({ warnAfterHours }) => warnAfterHours !== null).map(({ name }) => name);
        void readStatuses();
    }

    return {
        changes: [sources, staleness, statuses, details],
        sources: () => sources.get().value ?? new Map<string, ListedSource>(),
        staleness: () => staleness.get().value ?? new Map<string, Staleness>(),
        statusOf: (sourceName) => statuses.get().get(sourceName) ?? null,
        detailsOf: ({ key }) => details.of(key),
        need: (item) => {
            if (catalogue === null || (item.kind !== "model" && item.kind !== "source")) {
                return;
            }
            details.need(item.key);
            if (item.kind === "source") {
                const { name } = item.source;
                if (!statuses.get().has(name) && !waiting.includes(name)) {
                    waiting.unshift(name);
                    void readStatuses();
                }
            }
        },
        sync: (next) => {
            if (next !== catalogue) {
                readAll(next);
            }
        },
        refresh: () => {
            if (catalogue !== null) {
                readAll(catalogue);
            }
        },
    };
}

/** @param key of an item: its kind and its name */
function loadDetails(app: App, catalogue: Catalogue | null, key: string, signal: AbortSignal): Promise<ItemDetails> {
    const [kind, ...words] = key.split(" ");
    const name = words.join(" ");
    return app.read(
        (database) =>
            database.withReadOnlyTransaction(
                async (connection) => {
                    const model = kind === "model" ? (catalogue?.graph.models.get(name) ?? null) : null;
                    const schema = model?.schema ?? catalogue?.graph.sources.get(name)?.schema ?? "";
                    return {
                        relation: await loadRelationDetails(connection, { schema, name }, model),
                        runs: model === null ? [] : await loadRunsOfModel(connection, name, shownRuns),
                    };
                },
                { signal, timeoutMs: catalogTimeoutMs },
            ),
        signal,
    );
}
