import { reach } from "../../../engine/graph.js";
import type { Staleness } from "../../../engine/staleness.js";
import type { MartHeadline } from "../../../browse/mart-headline.js";
import { isNeverBuilt } from "../../../runs/model-list.js";
import type { ListedTest } from "../../../runs/test-list.js";
import { listMarts, type DataTest, type Layer, type Model, type Source } from "../../../warehouse/registry.js";
import type { Catalogue } from "../../app/catalogue.js";
import type { Loaded } from "../../kit/load.js";
import { isRunning, type RunProgress } from "../../app/builds/run-progress.js";
import { isWatched, type SourceNews } from "../../app/shared-reads.js";

/** Something on Home that can be selected and opened. */
export type HomeItem =
    | { readonly kind: "run"; readonly run: RunProgress }
    | { readonly kind: "first build" }
    | { readonly kind: "stale"; readonly stale: readonly StaleModel[]; readonly maybeCount: number }
    | { readonly kind: "damage"; readonly modelName: string; readonly problem: string }
    | TestOnHome
    | { readonly kind: "more tests"; readonly count: number }
    /** Warnings that are expected. */
    | { readonly kind: "known warnings"; readonly tests: readonly TestOnHome[] }
    | {
          readonly kind: "mart";
          readonly model: Model;
          readonly headline: Loaded<MartHeadline> | null;
          /** How much newer its sources are than what it was built from, in milliseconds, 0 if unknown; null if it is not behind. */
          readonly behindMs: number | null;
      }
    | { readonly kind: "source"; readonly source: Source; readonly news: SourceNews | null };

export interface TestOnHome {
    readonly kind: "test";
    readonly test: DataTest;
    readonly last: ListedTest;
}

export interface StaleModel {
    readonly modelName: string;
    readonly reason: string;
}

export interface HomeSection {
    /** Empty for the first one. */
    readonly title: string;
    readonly items: readonly HomeItem[];
    /** A remark below the items that cannot be selected; empty for none. */
    readonly note: string;
}

/** What Home is made from. */
export interface HomeFacts {
    readonly catalogue: Catalogue;
    readonly run: RunProgress | null;
    readonly headlines: ReadonlyMap<string, Loaded<MartHeadline>>;
    readonly news: ReadonlyMap<string, SourceNews>;
    readonly staleness: Loaded<ReadonlyMap<string, Staleness>>;
    /** The most tests that are listed one by one. */
    readonly mostTests: number;
}

/** A key that identifies the item, wherever it is listed. */
export function keyOf(item: HomeItem): string {
    switch (item.kind) {
        case "run":
        case "first build":
        case "stale":
        case "more tests":
        case "known warnings":
            return item.kind;
        case "damage":
            return `damage ${item.modelName}`;
        case "test":
            return `test ${item.test.name}`;
        case "mart":
            return `mart ${item.model.name}`;
        case "source":
            return `source ${item.source.name}`;
    }
}

/** Everything on Home from top to bottom: what to do, the last run, failed data tests, marts, warnings, sources. */
export function listHome(facts: HomeFacts): readonly HomeSection[] {
    const { catalogue, headlines, news } = facts;
    const { layers, sources } = catalogue.registry;
    const failing = listTests(catalogue, ({ status }) => status === "failed" || status === "broken");
    const warning = listTests(catalogue, ({ status }) => status === "warned");
    const known = listTests(catalogue, ({ status }) => status === "known");
    const marts = listMarts(catalogue.registry);
    const watched = sources.filter(isWatched);
    const sections: readonly HomeSection[] = [
        listRun(facts),
        section("Data tests that failed", cutTests(failing, facts.mostTests)),
        {
            title: "Marts",
            items: marts.map((model) => ({
                kind: "mart",
                model,
                headline: headlines.get(model.name) ?? null,
                behindMs: isBehind(facts, model) ? lagOf(facts, model) : null,
            })),
            note: marts.length === 0 ? describeNoMarts(layers) : "",
        },
        section(warning.length === 0 ? "Data tests" : "Data tests that warn", [
            ...cutTests(warning, facts.mostTests),
            ...(known.length === 0 ? [] : [{ kind: "known warnings", tests: known } as const]),
        ]),
        section(
            "Sources",
            watched.map((source) => ({ kind: "source", source, news: news.get(source.name) ?? null })),
        ),
    ];
    return sections.filter(({ items, note }) => items.length > 0 || note !== "");
}

/** Whether a mart is stale, or would be after its stale upstream models are built. */
function isBehind({ staleness, catalogue, run }: HomeFacts, { name }: Model): boolean {
    const kindOf = (each: string): Staleness["kind"] | undefined => staleness.value?.get(each)?.kind;
    if (isNothingBuilt(catalogue, run) || kindOf(name) !== "maybe") {
        return kindOf(name) === "stale" && !isNothingBuilt(catalogue, run);
    }
    return [...reach([name], catalogue.graph.upstreamOf)].some((each) => kindOf(each) === "stale");
}

/** How much newer the newest record of a mart's sources is than the newest one that a build read, in milliseconds. */
function lagOf({ catalogue, news }: HomeFacts, { name }: Model): number {
    const lags = [...reach([name], catalogue.graph.upstreamOf)].map((each) => {
        const { newestMs = null, builtMs = null } = news.get(each) ?? {};
        return newestMs === null || builtMs === null ? 0 : newestMs - builtMs;
    });
    return Math.max(0, ...lags);
}

function section(title: string, items: readonly HomeItem[]): HomeSection {
    return { title, items, note: "" };
}

function describeNoMarts(layers: readonly Layer[]): string {
    const last = layers.at(-1)?.name;
    return `There are no marts${last === undefined ? "" : `: the models of the layer ${last} are shown here`}.`;
}

/** Whether no table was ever built, and no build is running. */
export function isNothingBuilt({ models }: Catalogue, run: RunProgress | null): boolean {
    const tables = [...models.values()].filter(({ materialisation }) => materialisation === "table");
    const isBuilding = run !== null && isRunning(run);
    return tables.length > 0 && !isBuilding && tables.every(isNeverBuilt);
}

function listRun({ catalogue, run, staleness }: HomeFacts): HomeSection {
    const isFirst = isNothingBuilt(catalogue, run);
    const stale = [...(staleness.value ?? [])].flatMap(([modelName, { kind, reason }]): readonly StaleModel[] =>
        kind === "stale" ? [{ modelName, reason }] : [],
    );
    const maybeCount = [...(staleness.value?.values() ?? [])].filter(({ kind }) => kind === "maybe").length;
    const isBuilding = run !== null && isRunning(run);
    return {
        title: "",
        items: [
            // What to do comes first: Enter plans it.
            ...(stale.length === 0 || isFirst || isBuilding ? [] : [{ kind: "stale", stale, maybeCount } as const]),
            ...(run === null ? [] : [{ kind: "run", run } as const]),
            ...(isFirst ? [{ kind: "first build" } as const] : []),
            ...catalogue.registry.damages.map(({ modelName, problem }) => ({
                kind: "damage" as const,
                modelName,
                problem,
            })),
        ],
        note: isFirst || isBuilding ? "" : describeStaleness(staleness, stale.length),
    };
}

function describeStaleness({ value, error, isLoading }: HomeFacts["staleness"], staleCount: number): string {
    if (error !== null && !isLoading) {
        return `Whether models are stale is not known: ${error.message}`;
    }
    return value === null ? "Looking for new landing rows …" : staleCount === 0 ? "Every model is up to date." : "";
}

/** The wanted data tests, those with the most failing rows first. */
function listTests({ registry, tests }: Catalogue, isWanted: (last: ListedTest) => boolean): readonly TestOnHome[] {
    return registry.tests
        .flatMap((test) => {
            const last = tests.get(test.name);
            return last !== undefined && isWanted(last) ? [{ kind: "test" as const, test, last }] : [];
        })
        .sort((one, other) => other.last.failingCount - one.last.failingCount);
}

function cutTests(tests: readonly HomeItem[], most: number): readonly HomeItem[] {
    return tests.length <= most
        ? tests
        : [...tests.slice(0, most - 1), { kind: "more tests", count: tests.length - most + 1 }];
}
