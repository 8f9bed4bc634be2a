import type { ColumnFilter, GridView, Sort } from "../../../browse/grid-view.js";
import type { Relation } from "../../../browse/relation.js";

/** How a person has arranged a view, which undo restores. Immutable: each change makes a new one. */
export interface Arrangement {
    readonly view: GridView;
    /** How many columns stay in view when the others scroll. */
    readonly frozen: number;
    /** Widths that a person has chosen, by column name, in terminal cells. */
    readonly widths: Readonly<Record<string, number>>;
}

/** Whether both show the same rows in the same order; their columns may differ. */
export function hasSameRows(left: GridView, right: GridView): boolean {
    const rowsOf = ({ sorts, filters, where }: GridView): string => JSON.stringify([sorts, filters, where]);
    return left.relation === right.relation && rowsOf(left) === rowsOf(right);
}

export function withView(arrangement: Arrangement, changes: Partial<GridView>): Arrangement {
    return { ...arrangement, view: { ...arrangement.view, ...changes } };
}

/** Sorts by this column alone: ascending, then descending, then not. */
export function cycleSort(arrangement: Arrangement, column: string): Arrangement {
    const { sorts } = arrangement.view;
    const own = sorts.length === 1 ? sorts[0] : undefined;
    return withView(arrangement, { sorts: nextSorts(own?.column === column ? own : undefined, column) });
}

/** Sorts by this column after the others: ascending, then descending, then not. */
export function cycleAddedSort(arrangement: Arrangement, column: string): Arrangement {
    const { sorts } = arrangement.view;
    const place = sorts.findIndex((sort) => sort.column === column);
    return withView(arrangement, {
        sorts:
            place < 0
                ? [...sorts, { column, descending: false }]
                : sorts.flatMap((sort, index) => (index === place ? nextSorts(sort, column) : [sort])),
    });
}

function nextSorts(current: Sort | undefined, column: string): readonly Sort[] {
    return current === undefined
        ? [{ column, descending: false }]
        : current.descending
          ? []
          : [{ column, descending: true }];
}

/** Adds a filter, unless it is there already. */
export function addFilter(arrangement: Arrangement, filter: ColumnFilter): Arrangement {
    const { filters } = arrangement.view;
    const isThere = filters.some((each) => JSON.stringify(each) === JSON.stringify(filter));
    return isThere ? arrangement : withView(arrangement, { filters: [...filters, filter] });
}

/** Freezes the columns up to this one; unfreezes all when this one is already the last frozen one. */
export function toggleFrozen(arrangement: Arrangement, index: number): Arrangement {
    return { ...arrangement, frozen: arrangement.frozen === index + 1 ? 0 : index + 1 };
}

/** Hides this column; the others stay frozen as they are. */
export function hideColumn(arrangement: Arrangement, index: number): Arrangement {
    const columns = arrangement.view.columns.filter((_name, place) => place !== index);
    const frozen = arrangement.frozen - (index < arrangement.frozen ? 1 : 0);
    return { ...withView(arrangement, { columns }), frozen };
}

/** Shows these columns, in the relation's own order. */
export function chooseColumns(arrangement: Arrangement, chosen: ReadonlySet<string>): Arrangement {
    const columns = arrangement.view.relation.columns.map(({ name }) => name).filter((name) => chosen.has(name));
    return { ...withView(arrangement, { columns }), frozen: Math.min(arrangement.frozen, columns.length) };
}

export function setWidth(arrangement: Arrangement, column: string, width: number): Arrangement {
    return { ...arrangement, widths: { ...arrangement.widths, [column]: Math.max(3, Math.min(width, 300)) } };
}

/** Adapts the arrangement to a relation that was read again: drops columns that are gone and adds new ones at the end. */
export function adoptRelation({ view, frozen, widths }: Arrangement, relation: Relation): Arrangement {
    const names = relation.columns.map(({ name }) => name);
    const known = view.relation.columns.map(({ name }) => name);
    const isKept = ({ column }: { readonly column: string }): boolean => names.includes(column);
    const columns = [
        ...view.columns.filter((name) => names.includes(name)),
        ...names.filter((name) => !known.includes(name)),
    ];
    return {
        view: {
            relation,
            sorts: view.sorts.filter(isKept),
            filters: view.filters.filter(isKept),
            where: view.where,
            columns: columns.length === 0 ? names : columns,
        },
        frozen: Math.min(frozen, columns.length),
        widths,
    };
}
