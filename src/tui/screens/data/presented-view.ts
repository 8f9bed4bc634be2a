import { makeGridView } from "../../../browse/grid-view.js";
import { findPresentedOrNull, presentModel, type Presented } from "../../../browse/present-model.js";
import type { Relation } from "../../../browse/relation.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Arrangement } from "./arrangement.js";

/** What its file says about presenting the shown model; null for other rows. */
export function presentedOf(app: App, target: DataTarget): Presented | null {
    const registry = app.catalogue.get().value?.registry;
    return target.kind === "query" || registry === undefined ? null : findPresentedOrNull(registry, target);
}

/** The first arrangement of a relation, from its model's file. */
export function beginView(app: App, target: DataTarget, relation: Relation): Arrangement {
    const { columns, sorts, frozen } = presentModel(relation.columns, presentedOf(app, target));
    const where = target.kind === "relation" ? (target.where ?? null) : null;
    return {
        view: { ...makeGridView(relation), columns: columns.map(({ name }) => name), sorts, where },
        frozen,
        widths: {},
    };
}
