import type { App } from "../../app/app.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import { makeMenu } from "../../kit/menu.js";
import type { LineageReads, NodeColumns } from "./lineage-reads.js";
import type { LineageEntry, LineageState } from "./lineage-state.js";

/** Goes from column to column: upstream to those that a column is made of, downstream to those made of it. */
export interface ColumnWalk {
    readonly upstream: () => void;
    readonly downstream: () => void;
    /** Shows this column of a model or source. */
    readonly goTo: (name: string, column: string) => void;
    /** Selects the wanted column once the columns have been read. */
    readonly settle: () => void;
}

/** The column to go to: its model or source, and how to find the column once all columns are known. */
interface Wanted {
    readonly name: string;
    readonly find: (columns: NodeColumns) => string | null;
}

export function makeColumnWalk(
    app: App,
    { state: place }: ListDetail<LineageEntry>,
    state: LineageState,
    reads: LineageReads,
): ColumnWalk {
    let wanted: Wanted | null = null;
    const graphOrNull = () => state.list()?.graph ?? null;

    function keyOf(name: string, column: string): string {
        const { schema, name: relation } = graphOrNull()?.relationOf(name) ?? { schema: "", name };
        return `${schema}.${relation}.${column}`;
    }

    /** The selected column with its model or source; null when no column is selected. */
    function selectedOrNull(): { readonly name: string; readonly column: string; readonly value: NodeColumns } | null {
        const name = place.selectedOrNull()?.row.name;
        const { line } = place.placeOf("main");
        const value = name === undefined ? null : reads.of(name).value;
        const column = line === null ? undefined : value?.own[line]?.name;
        return name === undefined || value === null || column === undefined ? null : { name, column, value };
    }

    function select(name: string, find: Wanted["find"]): void {
        wanted = { name, find };
        if (state.list()?.entries.some(({ key }) => key === name) === true) {
            place.select(name);
        } else {
            state.setFocus(name);
        }
        place.focus.set("main");
        reads.need(name);
        settle();
    }

    function settle(): void {
        const name = place.selectedOrNull()?.row.name;
        const value = name === undefined ? null : reads.of(name).value;
        if (wanted === null || wanted.name !== name || value === null) {
            return;
        }
        const column = wanted.find(value);
        const index = value.own.findIndex((each) => each.name === column);
        wanted = null;
        if (index >= 0) {
            place.scroll("main", index - (place.placeOf("main").line ?? 0));
        }
    }

    function goTo(name: string, column: string): void {
        select(name, () => column);
    }

    function upstream(): void {
        const selected = selectedOrNull();
        const graph = graphOrNull();
        if (selected === null || graph === null) {
            return;
        }
        const { name, column, value } = selected;
        const names = [...graph.models.keys(), ...graph.sources.keys()];
        const origins = (value.lineage?.madeFrom(keyOf(name, column)) ?? []).flatMap((key) => {
            const relation = names.find((each) => key.startsWith(keyOf(each, "")));
            return relation === undefined ? [] : [{ relation, column: key.slice(keyOf(relation, "").length) }];
        });
        const [first, ...others] = origins;
        if (first === undefined) {
            app.say(
                graph.sources.has(name)
                    ? `${column} is a column of a landing table: nothing comes before it.`
                    : `${column} is made of no other column.`,
            );
        } else if (others.length === 0) {
            goTo(first.relation, first.column);
        } else {
            app.openDialog(
                makeMenu(app, {
                    title: `${name}.${column} is made of`,
                    items: origins.map((origin) => ({
                        title: `${origin.relation}.${origin.column}`,
                        run: () => {
                            goTo(origin.relation, origin.column);
                        },
                    })),
                }),
            );
        }
    }

    function downstream(): void {
        const selected = selectedOrNull();
        if (selected === null) {
            return;
        }
        const { name, column, value } = selected;
        const readers = value.own.find((each) => each.name === column)?.readers ?? [];
        const key = keyOf(name, column);
        const goToReader = (reader: string): void => {
            select(
                reader,
                ({ own, lineage }) =>
                    own.find((each) => lineage?.madeFrom(keyOf(reader, each.name)).includes(key) === true)?.name ??
                    null,
            );
        };
        const [first, ...others] = readers;
        if (first === undefined) {
            app.say(`No model reads ${column}.`);
        } else if (others.length === 0) {
            goToReader(first);
        } else {
            app.openDialog(
                makeMenu(app, {
                    title: `${name}.${column} is read by`,
                    items: readers.map((reader) => ({
                        title: reader,
                        run: () => {
                            goToReader(reader);
                        },
                    })),
                }),
            );
        }
    }

    return { upstream, downstream, goTo, settle };
}
