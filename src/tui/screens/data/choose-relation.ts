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
    /** The planner's idea of its rows; null when it has none. */
    readonly estimatedRows: number | null;
}

/** All relations that rows can be read from: the last layer first, then those before it, sources, operations, and others. */
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
        // The views that models are computed from stand behind what people look at.
        return (rank < 0 ? schemas.length : rank) + (name.endsWith("__select") ? 0.5 : 0);
    };
    return [...byName.values()].sort(
        (a, b) => rankOf(a) - rankOf(b) || compare(a.schema, b.schema) || compare(a.name, b.name),
    );
}

function compare(left: string, right: string): number {
    return left < right ? -1 : left > right ? 1 : 0;
}

/** Relations that can be chosen, and those of the database that may still be read. */
export interface Choices {
    readonly choices: () => readonly ChoosableRelation[];
    readonly known: Readable<Loaded<unknown>>;
}

/** A list of relations to choose from, narrowed by typing. It grows when the database's own are there. */
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
