import type { CatalogueRelation } from "../../../sql/complete-sql.js";
import { listRelations } from "../../../browse/find-relation.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Catalogue } from "../../app/catalogue.js";
import { makeMenu, type MenuItem } from "../../kit/menu.js";
import type { Loaded } from "../../kit/load.js";
import type { Readable } from "../../terminal/store.js";

export interface ChoosableRelation {
    readonly schema: string;
    readonly name: string;
    readonly description: string;
    /** The planner's estimate of its rows; null when there is none. */
    readonly estimatedRows: number | null;
}

/** All relations with rows: the last layer first, then the layers before it, sources, the schema `ops`, and others. */
export function listChoices(
    known: readonly CatalogueRelation[],
    catalogue: Catalogue | null,
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
    const schemas = [
        ...(catalogue?.registry.layers ?? []).map(({ schema }) => schema).reverse(),
        ...new Set((catalogue?.registry.sources ?? []).map(({ schema }) => schema)),
        "ops",
    ];
    const rankOf = ({ schema, name }: ChoosableRelation): number => {
        const rank = schemas.indexOf(schema);
        // The views that models are computed from come after the models of their schema.
        return (rank < 0 ? schemas.length : rank) + (name.endsWith("__select") ? 0.5 : 0);
    };
    return [...byName.values()].sort(
        (a, b) => rankOf(a) - rankOf(b) || compare(a.schema, b.schema) || compare(a.name, b.name),
    );
}

function compare(left: string, right: string): number {
    return left < right ? -1 : left > right ? 1 : 0;
}

/** The relations that can be chosen, and the read of the database's relations, which adds to them. */
export interface Choices {
    readonly choices: () => readonly ChoosableRelation[];
    readonly known: Readable<Loaded<unknown>>;
}

/** A list of relations to choose from, filtered by typing. It grows once the database's relations have been read. */
export function chooseRelation(
    app: App,
    { choices, known }: Choices,
    current: string | null,
    open: (target: DataTarget) => void,
): void {
    const listItems = (): readonly MenuItem[] =>
        choices().map(({ schema, name, description, estimatedRows }) => ({
            title: `${schema}.${name}`,
            ...(estimatedRows === null ? {} : { hint: `≈ ${formatQuantity(Math.round(estimatedRows), "row")}` }),
            description,
            run: () => {
                open({ kind: "relation", schema, name });
            },
        }));
    const selected = Math.max(
        0,
        choices().findIndex(({ schema, name }) => `${schema}.${name}` === current),
    );
    app.openDialog(
        makeMenu(app, {
            title: "Rows of",
            items: listItems,
            changes: [known],
            describeEmpty: () => describeEmpty(known.get()),
            isSearchable: true,
            columns: 76,
            selected,
        }),
    );
}

function describeEmpty({ value, error, isLoading }: Loaded<unknown>): string {
    if (isLoading) {
        return "Nothing matches yet: still reading which tables and views there are.";
    }
    return value === null && error !== null
        ? `Nothing matches, and other tables and views could not be read: ${error.message}`
        : "Nothing matches.";
}
