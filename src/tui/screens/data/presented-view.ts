import { makeGridView } from "../../../browse/grid-view.js";
import { findPresentedOrNull, presentModel, type Presented } from "../../../browse/present-model.js";
import type { Relation } from "../../../browse/relation.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Arrangement } from "./arrangement.js";

/** What its file says of the model that is shown; null for all else. */
export function presentedOf(app: App, target: DataTarget): Presented | null {
    const registry = app.catalogue.get().value?.registry;
    return target.kind === "query" || registry === undefined ? null : findPresentedOrNull(registry, target);
}

/** How a relation is arranged before a person does it: as its model's file has it. Rows of a trace stay in the order of their key. */
export function beginView(app: App, target: DataTarget, relation: Relation): Arrangement {
    const { columns, sorts, frozen } = presentModel(relation.columns, presentedOf(app, target));
    const where = target.kind === "relation" ? (target.where ?? null) : null;
    return {
        view: { ...makeGridView(relation), columns: columns.map(({ name }) => name), sorts, where },
        frozen,
        widths: {},
    };
}
