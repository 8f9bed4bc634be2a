import { quoteArgument } from "../../../browse/show-command.js";
import type { App } from "../../app/app.js";
import type { Handler, Handlers } from "../../kit/screen.js";
import { openCopyMenu, type CopyChoice } from "../../kit/copy-menu.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import { buildHandlers } from "../../app/builds/plan-build.js";
import { editHandler } from "../../app/editing/edit-model.js";
import type { ModelsItem } from "./models-list.js";
import type { ModelsReads } from "./models-reads.js";

/** The actions for the selected source, model, data test or layer. */
export function makeModelsActions(app: App, listDetail: ListDetail<ModelsItem>, reads: ModelsReads): Handlers {
    const { state } = listDetail;
    const selected = state.selectedOrNull;
    const ofRelation = (
        run: (relation: Relation, item: ModelsItem) => void,
        reason: (item: ModelsItem) => string | null = () => null,
    ): Handler => ({
        run: () => {
            const item = selected();
            const relation = relationOf(app, item);
            if (item !== null && relation !== null) {
                run(relation, item);
            }
        },
        disabledReason: () => {
            const item = selected();
            return item === null || relationOf(app, item) === null ? "no model or source is selected" : reason(item);
        },
    });
    return {
        ...buildHandlers(app, () => selectorOf(selected())),
        edit: editHandler(app, () => relationOf(app, selected())?.name ?? null),
        showRows: ofRelation(({ schema, name }) => {
            app.go({ screen: "data", show: { kind: "relation", schema, name } });
        }),
        showLineage: ofRelation(({ knownAs }) => {
            app.go({ screen: "lineage", name: knownAs });
        }),
        showSql: ofRelation(
            () => {
                state.showTab("main", "sql");
                state.focus.set("main");
            },
            ({ kind }) => (kind === "source" ? "a landing table has no SQL" : null),
        ),
        copy: {
            run: () => {
                const item = selected();
                if (item !== null) {
                    openCopyMenu(app, listCopies(app, item, reads));
                }
            },
            disabledReason: () => (selected() === null ? "nothing is selected" : null),
        },
        refresh: {
            run: () => {
                reads.refresh();
                void app.catalogue.load();
                app.say("Reading again.");
            },
            disabledReason: () => (app.connection.get().kind === "open" ? null : "the database is not open"),
        },
    };
}

interface Relation {
    readonly schema: string;
    readonly name: string;
    /** The name of the model or source in the project: a source's table may be called something else. */
    readonly knownAs: string;
}

/** The relation that holds the rows of an item; null for a layer. */
function relationOf(app: App, item: ModelsItem | null): Relation | null {
    switch (item?.kind) {
        case "model":
            return { ...item.model, knownAs: item.model.name };
        case "source":
            return { schema: item.source.schema, name: item.source.table, knownAs: item.source.name };
        case "test": {
            const model = app.catalogue.get().value?.graph.models.get(item.test.modelName);
            return model === undefined ? null : { ...model, knownAs: model.name };
        }
        case "group":
        case undefined:
            return null;
    }
}

/** The selector for a build: the model, the models downstream of a source, or the layer. */
function selectorOf(item: ModelsItem | null): string | null {
    switch (item?.kind) {
        case "model":
            return item.model.name;
        case "test":
            return item.test.modelName;
        case "source":
            return `source:${item.source.name}+`;
        case "group":
            return item.layer === null ? null : `layer:${item.layer}`;
        case undefined:
            return null;
    }
}

function listCopies(app: App, item: ModelsItem, reads: ModelsReads): readonly CopyChoice[] {
    const relation = relationOf(app, item);
    const selector = selectorOf(item);
    const sql = item.kind === "test" ? item.test.failingRowsSql : reads.detailsOf(item)?.value?.relation.sql;
    const qualified = relation === null ? null : `${relation.schema}.${relation.name}`;
    return [
        { hint: "y", title: "the name", text: item.kind === "test" ? item.test.name : (relation?.knownAs ?? item.key) },
        { hint: "q", title: "the name with its schema", text: qualified },
        { hint: "o", title: "the SQL", text: sql },
        {
            hint: "s",
            title: "the command that shows its rows",
            text: qualified === null ? null : `stardeck show ${quoteArgument(qualified)}`,
        },
        {
            hint: "b",
            title: "the command that builds it",
            text: selector === null ? null : `stardeck build --select ${quoteArgument(selector)}`,
        },
        {
            hint: "l",
            title: "the command that shows its lineage",
            text: relation === null ? null : `stardeck lineage ${quoteArgument(relation.knownAs)}`,
        },
    ];
}
