import type { CatalogueRelation } from "../../../sql/complete-sql.js";
import { listRelations } from "../../../browse/find-relation.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Catalogue } from "../../app/catalogue.js";
import { makeMenu, type MenuItem } from "../../kit/menu.js";

export interface ChoosableRelation {
    readonly schema: string;
    readonly name: string;
    readonly description: string;
    /** The planner's idea of its rows; null when it has none. */
    readonly estimatedRows: number | null;
}

/** All relations that rows can be read from: marts first, then warehouse, prep, sources, operations, and others. */
export function listChoices(
    known: readonly CatalogueRelation[],
    catalogue: Catalogue | null,
    sourceSchema: string,
): readonly ChoosableRelation[] {
    const described = catalogue === null ? [] : listRelations(catalogue.registry);
    const byName = new Map<string, ChoosableRelation>();
    for (const { schema, name, description } of described) {
        const estimatedRows = catalogue?.models.get(name)?.estimatedRows ?? null;
        byName.set(`${schema}.${name}`, { schema, name, description, estimatedRows });
    }
    for (const { schema, name, kind } of known) {
        const key = `${schema}.${name}`;
        byName.set(key, byName.get(key) ?? { schema, name, description: kind, estimatedRows: null });
    }
    const layers = ["marts", "warehouse", "prep", sourceSchema, "ops"];
    const rankOf = ({ schema, name }: ChoosableRelation): number => {
        const rank = layers.indexOf(schema);
        // The views that models are computed from stand behind what people look at.
        return (rank < 0 ? layers.length : rank) + (name.endsWith("__select") ? 0.5 : 0);
    };
    return [...byName.values()].sort(
        (a, b) => rankOf(a) - rankOf(b) || compare(a.schema, b.schema) || compare(a.name, b.name),
    );
}

function compare(left: string, right: string): number {
    return left < right ? -1 : left > right ? 1 : 0;
}

/** A list of relations to choose from, narrowed by typing. */
export function chooseRelation(
    app: App,
    choices: readonly ChoosableRelation[],
    current: string | null,
    open: (target: DataTarget) => void,
): void {
    const items = choices.map(({ schema, name, description, estimatedRows }): MenuItem => ({
        title: `${schema}.${name}`,
        ...(estimatedRows === null ? {} : { hint: `≈ ${formatQuantity(Math.round(estimatedRows), "row")}` }),
        description,
        run: () => {
            open({ kind: "relation", schema, name });
        },
    }));
    const selected = Math.max(
        0,
        choices.findIndex(({ schema, name }) => `${schema}.${name}` === current),
    );
    app.openDialog(makeMenu(app, { title: "Rows of", items, isSearchable: true, columns: 76, selected }));
}
