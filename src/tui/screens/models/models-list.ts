import type { Staleness } from "../../../engine/staleness.js";
import { isNeverBuilt, type ListedModel } from "../../../runs/model-list.js";
import type { ListedSource } from "../../../warehouse/source-list.js";
import type { Freshness } from "../../../warehouse/source-freshness.js";
import type { ListedTest } from "../../../runs/test-list.js";
import type { DataTest, Model, Source } from "../../../warehouse/registry.js";
import type { Catalogue } from "../../app/catalogue.js";
import { judgeNews, type SourceNews } from "../../app/shared-reads.js";
import type { Folds, ListFilter } from "../../kit/list-detail/list-detail-state.js";
import type { ModelProgress } from "../../app/builds/run-progress.js";

/** A line of the Models screen. */
export type ModelsItem = GroupItem | SourceItem | ModelItem | TestItem;

export interface GroupItem {
    readonly kind: "group";
    readonly key: string;
    /** `sources` or a layer's name. */
    readonly name: string;
    /** Null for the sources. */
    readonly layer: string | null;
    readonly isFolded: boolean;
    readonly count: number;
    readonly problemCount: number;
}

export interface SourceItem {
    readonly kind: "source";
    readonly key: string;
    readonly parentKey: string;
    readonly source: Source;
    /** Null until it has been read. */
    readonly listed: ListedSource | null;
    /** Null while nothing is known. */
    readonly news: SourceNews | null;
    /** Null until the source itself has been read. */
    readonly freshness: Freshness | null;
}

export interface ModelItem {
    readonly kind: "model";
    readonly key: string;
    readonly parentKey: string;
    readonly model: Model;
    readonly listed: ListedModel | null;
    /** Null until it has been read. */
    readonly staleness: Staleness | null;
    /** How its table or SELECT was changed without the registry; null if it was not. */
    readonly damage: string | null;
    /** Its progress in the running build; null if none is. */
    readonly progress: ModelProgress | null;
    /** Whether its data tests are listed below it. */
    readonly isOpen: boolean;
}

export interface TestItem {
    readonly kind: "test";
    readonly key: string;
    readonly parentKey: string;
    readonly test: DataTest;
    readonly last: ListedTest | null;
    /** Whether a constraint of the table guarantees it, so that it need not run. */
    readonly isHeld: boolean;
}

/** Everything that the list is made from. */
export interface ModelsListOptions {
    readonly catalogue: Catalogue;
    readonly sources: ReadonlyMap<string, ListedSource>;
    readonly newsOf: (sourceName: string) => SourceNews | null;
    readonly nowMs: number;
    readonly staleness: ReadonlyMap<string, Staleness>;
    readonly progressOf: (modelName: string) => ModelProgress | null;
    /** Groups are open by default, models are closed. Below an open model its data tests are listed. */
    readonly folds: Folds;
    readonly filter: ListFilter;
}

const sourcesGroup = "sources";

export function keyOf(kind: ModelsItem["kind"], name: string): string {
    return `${kind} ${name}`;
}

/** Sources, then the models layer by layer in build order, each below the heading of its group. */
export function listModels(options: ModelsListOptions): readonly ModelsItem[] {
    const { catalogue } = options;
    const { graph, registry } = catalogue;
    const sources = registry.sources.map((source) => makeSourceItem(source, options));
    const models = graph.order.flatMap((name) => {
        const model = graph.models.get(name);
        return model === undefined ? [] : [makeModelItem(model, options)];
    });
    return [
        ...listGroup(
            sourcesGroup,
            null,
            sources.filter((item) => isWanted(item, options.filter)),
            options,
        ),
        ...registry.layers.flatMap(({ name: layer }) => {
            const ofLayer = models.filter(({ model }) => model.layer === layer);
            const wanted = ofLayer.filter(
                (item) => isWanted(item, options.filter) || matchingTests(item, options).length > 0,
            );
            return listGroup(layer, layer, wanted, options);
        }),
    ];
}

function listGroup(
    name: string,
    layer: string | null,
    items: readonly (SourceItem | ModelItem)[],
    options: ModelsListOptions,
): readonly ModelsItem[] {
    const isFolded = options.folds.get(keyOf("group", name)) === false && options.filter.text === "";
    if (items.length === 0) {
        return [];
    }
    const group: GroupItem = {
        kind: "group",
        key: keyOf("group", name),
        name,
        layer,
        isFolded,
        count: items.length,
        problemCount: items.filter(isProblem).length,
    };
    return [group, ...(isFolded ? [] : items.flatMap((item) => [item, ...listTests(item, options)]))];
}

function listTests(item: SourceItem | ModelItem, options: ModelsListOptions): readonly TestItem[] {
    if (item.kind === "source") {
        return [];
    }
    const { graph, tests, heldTests } = options.catalogue;
    const shown = item.isOpen ? graph.testsOf(item.model.name) : matchingTests(item, options);
    return shown.map((test) => ({
        kind: "test",
        key: keyOf("test", test.name),
        parentKey: item.key,
        test,
        last: tests.get(test.name) ?? null,
        isHeld: heldTests.has(test.name),
    }));
}

/** Data tests that match the filter text although their model does not. */
function matchingTests(item: ModelItem, { catalogue, filter }: ModelsListOptions): readonly DataTest[] {
    if (filter.text === "" || isWanted(item, { ...filter, isProblemsOnly: false })) {
        return [];
    }
    const isBad = ({ name }: DataTest): boolean =>
        !["passed", "known"].includes(catalogue.tests.get(name)?.status ?? "passed");
    return catalogue.graph
        .testsOf(item.model.name)
        .filter((test) => contains(shortTestName(test), filter.text) && (!filter.isProblemsOnly || isBad(test)));
}

/** `unique.order_id` of `fct_orders.unique.order_id`. */
export function shortTestName({ name, modelName }: Pick<DataTest, "name" | "modelName">): string {
    return name.startsWith(`${modelName}.`) ? name.slice(modelName.length + 1) : name;
}

function makeSourceItem(source: Source, { sources, newsOf, nowMs }: ModelsListOptions): SourceItem {
    const news = newsOf(source.name);
    return {
        kind: "source",
        key: keyOf("source", source.name),
        parentKey: keyOf("group", sourcesGroup),
        source,
        listed: sources.get(source.name) ?? null,
        news,
        freshness: news?.isAsked === true && news.problem === null ? judgeNews(source, news, nowMs) : null,
    };
}

function makeModelItem(model: Model, options: ModelsListOptions): ModelItem {
    return {
        kind: "model",
        key: keyOf("model", model.name),
        parentKey: keyOf("group", model.layer),
        model,
        listed: options.catalogue.models.get(model.name) ?? null,
        staleness: options.staleness.get(model.name) ?? null,
        damage: options.catalogue.graph.damageOrNull(model.name),
        progress: options.progressOf(model.name),
        isOpen: options.folds.get(keyOf("model", model.name)) === true,
    };
}

function isWanted(item: SourceItem | ModelItem, { text, isProblemsOnly }: ListFilter): boolean {
    if (isProblemsOnly && !isProblem(item)) {
        return false;
    }
    return item.kind === "source"
        ? contains(item.source.name, text)
        : contains(item.model.name, text) || item.model.tags.some((tag) => contains(tag, text));
}

function contains(name: string, text: string): boolean {
    return name.toLowerCase().includes(text.toLowerCase());
}

/** Whether an item needs a look: a model that failed, warned, is stale or never built; a source that is missing, differs or is old. */
export function isProblem(item: SourceItem | ModelItem): boolean {
    if (item.kind === "source") {
        const { listed, freshness } = item;
        const isOld = freshness === "stale" || freshness === "much too old";
        return isOld || (listed !== null && listed.state !== "found");
    }
    const { listed, staleness, damage } = item;
    const status = listed?.lastStatus ?? null;
    const hasBadTest = listed !== null && (listed.failedTestCount > 0 || listed.warnedTestCount > 0);
    const hasEndedBadly = status !== null && status !== "ok";
    const isStale = staleness !== null && staleness.kind !== "fresh";
    return damage !== null || (listed !== null && isNeverBuilt(listed)) || hasBadTest || hasEndedBadly || isStale;
}
