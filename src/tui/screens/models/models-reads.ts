import type { ReadOptions } from "../../../browse/relation.js";
import type { Database } from "../../../database/database.js";
import { loadExplanation, type Explanation } from "../../../engine/explain-model.js";
import type { Staleness } from "../../../engine/staleness.js";
import { loadRunsOfModel, type RunOfModel } from "../../../runs/model-runs.js";
import { loadRelationDetails, type RelationDetails } from "../../../warehouse/relation-details.js";
import type { ListedSource } from "../../../warehouse/source-list.js";
import type { App } from "../../app/app.js";
import type { Catalogue } from "../../app/catalogue.js";
import { isWatched, loadSourceNews, type SourceNews } from "../../app/shared-reads.js";
import { makeKeyedLoad, type Loaded } from "../../kit/load.js";
import type { Readable } from "../../terminal/store.js";
import type { ModelsItem } from "./models-list.js";

/** What the Models screen shows besides the catalogue. */
export interface ModelsReads {
    readonly changes: readonly Readable<unknown>[];
    readonly sources: () => ReadonlyMap<string, ListedSource>;
    readonly staleness: () => ReadonlyMap<string, Staleness>;
    /** Null while nothing is known. */
    readonly newsOf: (sourceName: string) => SourceNews | null;
    readonly detailsOf: (item: ModelsItem) => Loaded<ItemDetails> | null;
    readonly explainedOf: (modelName: string) => Loaded<Explanation>;
    /** Reads how a table model is kept up to date, unless that is known. */
    readonly needExplained: (modelName: string) => void;
    /** Reads the details of an item, unless they are known. */
    readonly need: (item: ModelsItem) => void;
    /** After a new catalogue, everything is read again when it is needed. */
    readonly sync: (catalogue: Catalogue) => void;
    /** Reads everything again. */
    readonly refresh: () => void;
    /** Cancels all reads that are running. */
    readonly cancel: () => void;
}

/** Details of a model or a source that are not in the catalogue. */
export interface ItemDetails {
    readonly relation: RelationDetails;
    /** The newest first; none for a source. */
    readonly runs: readonly RunOfModel[];
}

const timeLimitMs = { server: 10_000, embedded: 5000 };
const shownRuns = 50;

export function makeModelsReads(app: App): ModelsReads {
    let catalogue: Catalogue | null = null;
    const details = makeKeyedLoad<ItemDetails>(
        app,
        (key, database, options) => loadDetails(database, catalogue, key, options),
        timeLimitMs,
    );
    /** News of sources that declare no freshness, which `app.sources` does not read. */
    const unwatched = makeKeyedLoad<SourceNews | null>(
        app,
        async (name, database, options) => {
            const source = catalogue?.graph.sources.get(name);
            return source === undefined ? null : loadSourceNews(database, source, sharedNewsOf(name), options);
        },
        timeLimitMs,
    );
    const explained = makeKeyedLoad<Explanation>(
        app,
        (name, database, options) =>
            database.withReadOnlyTransaction(async (connection) => {
                const model = catalogue?.graph.models.get(name);
                if (catalogue === null || model?.materialisation !== "table") {
                    throw new Error(`${name} is no table model any more.`);
                }
                return loadExplanation(connection, catalogue.graph, model);
            }, options),
        timeLimitMs,
    );
    const sharedNewsOf = (name: string): SourceNews | null => app.sources.get().value?.news.get(name) ?? null;

    function readAll(): void {
        void app.sources.need();
        void app.staleness.need();
    }

    return {
        changes: [app.sources, app.staleness, unwatched, details, explained],
        sources: () => app.sources.get().value?.listed ?? new Map<string, ListedSource>(),
        staleness: () => app.staleness.get().value ?? new Map<string, Staleness>(),
        newsOf: (name) => unwatched.of(name).value ?? sharedNewsOf(name),
        detailsOf: ({ key }) => details.of(key),
        explainedOf: (modelName) => explained.of(modelName),
        needExplained: (modelName) => {
            explained.need(modelName);
        },
        need: (item) => {
            if (catalogue === null || (item.kind !== "model" && item.kind !== "source")) {
                return;
            }
            details.need(item.key);
            if (item.kind === "source" && !isWatched(item.source)) {
                unwatched.need(item.source.name);
            }
        },
        sync: (next) => {
            if (next !== catalogue) {
                catalogue = next;
                details.outdate();
                explained.outdate();
                unwatched.outdate();
            }
            readAll();
        },
        refresh: () => {
            for (const load of [details, explained, unwatched, app.sources, app.staleness]) {
                load.outdate();
            }
            readAll();
        },
        cancel: () => {
            for (const load of [details, explained, unwatched, app.sources, app.staleness]) {
                load.cancel();
            }
        },
    };
}

/** @param key the key of an item: its kind and its name */
function loadDetails(
    database: Database,
    catalogue: Catalogue | null,
    key: string,
    options: ReadOptions,
): Promise<ItemDetails> {
    const [kind, ...words] = key.split(" ");
    const name = words.join(" ");
    return database.withReadOnlyTransaction(async (connection) => {
        const model = kind === "model" ? (catalogue?.graph.models.get(name) ?? null) : null;
        const relation = catalogue?.graph.relationOf(name) ?? { schema: "", name };
        return {
            relation: await loadRelationDetails(connection, relation, model),
            runs: model === null ? [] : await loadRunsOfModel(connection, name, shownRuns),
        };
    }, options);
}
