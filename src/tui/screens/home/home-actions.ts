import type { App } from "../../app/app.js";
import type { Handlers } from "../../kit/screen.js";
import { buildHandlers, planBuild, reasonNotToBuild } from "../../app/builds/plan-build.js";
import { editHandler } from "../../app/editing/edit-model.js";
import type { HomeItem } from "./home-items.js";

/** The actions of Home, besides those of every list. */
export function makeHomeActions(app: App, selectedOrNull: () => HomeItem | null, refresh: () => void): Handlers {
    const ofRelation = (run: (relation: Relation) => void): Handlers["open"] & object => ({
        run: () => {
            const relation = relationOfOrNull(app, selectedOrNull());
            if (relation !== null) {
                run(relation);
            }
        },
        disabledReason: () =>
            relationOfOrNull(app, selectedOrNull()) === null ? "no single model or source is selected" : null,
    });
    return {
        ...buildHandlers(app, () => selectorOfOrNull(selectedOrNull())),
        edit: editHandler(app, () => relationOfOrNull(app, selectedOrNull())?.knownAs ?? null),
        refresh: { run: refresh },
        showRows: ofRelation(({ schema, name }) => {
            app.go({ screen: "data", show: { kind: "relation", schema, name } });
        }),
        showLineage: ofRelation(({ knownAs }) => {
            app.go({ screen: "lineage", name: knownAs });
        }),
        showSql: ofRelation(({ knownAs }) => {
            app.go({ screen: "models", modelName: knownAs, tab: "sql" });
        }),
    };
}

/** Goes to the screen that shows the item in detail, or plans the build that it suggests. */
export function openHomeItem(app: App, item: HomeItem): void {
    switch (item.kind) {
        case "run":
            app.go(item.run.runId === null ? { screen: "build" } : { screen: "build", runId: item.run.runId });
            return;
        case "first build":
            plan(app, []);
            return;
        case "stale":
            plan(app, ["state:stale"]);
            return;
        case "damage":
            app.go({ screen: "models", modelName: item.modelName });
            return;
        case "test":
            app.go({ screen: "tests", testName: item.test.name });
            return;
        case "more tests":
        case "known warnings":
            app.go({ screen: "tests" });
            return;
        case "mart":
            app.go({ screen: "data", show: { kind: "relation", schema: item.model.schema, name: item.model.name } });
            return;
        case "source":
            app.go({ screen: "models", modelName: item.source.name });
    }
}

function plan(app: App, select: readonly string[]): void {
    const reason = reasonNotToBuild(app);
    if (reason === null) {
        planBuild(app, { select });
    } else {
        app.say(`build: ${reason}.`, "warned");
    }
}

/** The selector for `b`, `B`, `f` and `t`. */
function selectorOfOrNull(item: HomeItem | null): string | null {
    switch (item?.kind) {
        case "stale":
            return "state:stale";
        case "damage":
            return item.modelName;
        case "test":
            return item.test.modelName;
        case "mart":
            return item.model.name;
        case "source":
            return `source:${item.source.name}+`;
        case "run":
        case "first build":
        case "more tests":
        case "known warnings":
        case undefined:
            return null;
    }
}

interface Relation {
    readonly schema: string;
    readonly name: string;
    /** The name of the model or source in the project: a source's table may be called something else. */
    readonly knownAs: string;
}

/** The model or source that an item is about. */
function relationOfOrNull(app: App, item: HomeItem | null): Relation | null {
    const named = (name: string): Relation | null => {
        const schema = app.catalogue.get().value?.graph.models.get(name)?.schema;
        return schema === undefined ? null : { schema, name, knownAs: name };
    };
    switch (item?.kind) {
        case "damage":
            return named(item.modelName);
        case "test":
            return named(item.test.modelName);
        case "mart":
            return named(item.model.name);
        case "source":
            return { schema: item.source.schema, name: item.source.table, knownAs: item.source.name };
        case "run":
        case "first build":
        case "stale":
        case "more tests":
        case "known warnings":
        case undefined:
            return null;
    }
}
