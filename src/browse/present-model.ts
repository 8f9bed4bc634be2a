import type { PresentationDefinition } from "../project/definitions.js";
import type { ChartChoice } from "../text/charts/choose-chart.js";
import { isMomentType, isTemporalType } from "../text/column-kinds.js";
import { isNumericType } from "../text/column-types.js";
import { isIdentifier, type TableColumn } from "../text/format-table.js";
import { listMarts, type Model, type Registry } from "../warehouse/registry.js";
import type { Sort } from "./grid-view.js";

/** How a model is shown: as its file defines, and by its columns where the file says nothing. */
export interface PresentedModel<Column extends TableColumn> {
    /** All of its columns, the most informative first, with the formats of their values. */
    readonly columns: readonly Column[];
    /** Empty for the order of the key. */
    readonly sorts: readonly Sort[];
    /** How many columns stay visible when scrolling to the right. */
    readonly frozen: number;
}

/** A model's presentation, and what else decides how it is shown. */
export interface Presented {
    readonly definition: PresentationDefinition;
    readonly isMart: boolean;
    readonly primaryKey: readonly string[];
}

/** The presentation of a model; null for any other relation. */
export function findPresentedOrNull(
    registry: Pick<Registry, "layers" | "models">,
    { schema, name }: { readonly schema: string; readonly name: string },
): Presented | null {
    const model = registry.models.find((each) => each.name === name && each.schema === schema);
    return model === undefined
        ? null
        : {
              definition: model.presentation ?? {},
              isMart: listMarts(registry).includes(model),
              primaryKey: model.materialisation === "table" ? model.primaryKey : [],
          };
}

/** The model's title, which for a mart is the question that it answers. */
export function titleOf({
    name,
    description,
    presentation,
}: Pick<Model, "name" | "description" | "presentation">): string {
    return presentation?.title ?? (description === "" ? name : description);
}

/**
 * Columns, order and formats. A mart shows its key, then names and identifiers, measures and times; the newest period comes first.
 * Other relations are shown as they are unless their files define something.
 */
export function presentModel<Column extends TableColumn>(
    given: readonly Column[],
    presented: Presented | null,
): PresentedModel<Column> {
    if (presented === null) {
        return { columns: given, sorts: [], frozen: 0 };
    }
    const { definition, isMart, primaryKey } = presented;
    const columns = orderColumns(given, presented).map((column) => ({
        ...column,
        ...(primaryKey.includes(column.name) ? { isKey: true } : {}),
        ...(definition.round?.[column.name] === undefined ? {} : { decimals: definition.round[column.name] }),
        ...(definition.unit?.[column.name] === undefined ? {} : { unit: definition.unit[column.name] }),
        ...(isMart ? { isToTheMinute: true } : {}),
    }));
    const leadingKeys = columns.findIndex(({ name }) => !primaryKey.includes(name));
    return {
        columns,
        sorts: findSorts(given, presented),
        frozen: definition.freeze ?? (isMart ? Math.max(0, leadingKeys) : 0),
    };
}

function orderColumns<Column extends TableColumn>(
    given: readonly Column[],
    { definition, isMart, primaryKey }: Presented,
): readonly Column[] {
    const first = definition.columns;
    const rankOf = (column: Column): number => {
        const place = first?.indexOf(column.name) ?? -1;
        if (place >= 0) {
            return place - given.length;
        }
        if (!isMart || first !== undefined) {
            return 0;
        }
        if (primaryKey.includes(column.name)) {
            return 0;
        }
        return isMomentType(column.typeId) ? 3 : isNumericType(column.typeId) && !isIdentifier(column) ? 2 : 1;
    };
    return [...given].sort((one, other) => rankOf(one) - rankOf(other));
}

function findSorts(columns: readonly TableColumn[], { definition, isMart, primaryKey }: Presented): readonly Sort[] {
    if (definition.sort !== undefined) {
        return definition.sort
            .map((name) => ({ column: name.replace(/^-/, ""), descending: name.startsWith("-") }))
            .filter(({ column }) => columns.some(({ name }) => name === column));
    }
    const [key, ...others] = primaryKey;
    const period = columns.find(({ name, typeId }) => name === key && isTemporalType(typeId));
    return isMart && period !== undefined && others.length === 0 ? [{ column: period.name, descending: true }] : [];
}

/** Orders the charts of a model: those that its file prefers come first. */
export function preferCharts(
    charts: readonly ChartChoice[],
    presentation: PresentationDefinition | null,
): readonly ChartChoice[] {
    const { measure, chart: kind } = presentation ?? {};
    const scoreOf = (chart: ChartChoice): number =>
        chart.kind === "none"
            ? 0
            : (measure !== undefined && chart.valueColumn === measure ? 2 : 0) + (chart.kind === kind ? 1 : 0);
    return [...charts].sort((one, other) => scoreOf(other) - scoreOf(one));
}
