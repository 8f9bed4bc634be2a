import { typeIds } from "../text/column-types.js";
import { formatDifference } from "../text/format-difference.js";
import { formatTable } from "../text/format-table.js";
import { formatCount, formatQuantity } from "../text/format-values.js";
import type { ComparedModel, ModelDifference } from "./compare-model.js";

/** The first rows of a model computed from its file, and below them how they differ from the published ones. */
export function formatComparison({ columns, rows, difference }: ComparedModel, width?: number): readonly string[] {
    const tableColumns = columns.map(({ name, type }) => ({
        name,
        typeId: /^(smallint|integer|bigint|numeric|real|double)/.test(type) ? typeIds.numeric : typeIds.text,
    }));
    return [
        ...(rows.length === 0 ? [] : formatTable(tableColumns, rows, width)),
        "",
        ...(difference === null ? ["Nothing is published under this name."] : describeDifference(difference, width)),
    ];
}

function describeDifference(difference: ModelDifference, width?: number): readonly string[] {
    const { counts, addedColumns, removedColumns, retypedColumns } = difference;
    const isSame = counts.onlyNow + counts.onlyThen + counts.differing === 0;
    const columns = (
        [
            ["new", addedColumns],
            ["gone", removedColumns],
            ["of another type", retypedColumns],
        ] as const
    ).filter(([, names]) => names.length > 0);
    return [
        isSame
            ? `Its rows are as published: ${formatQuantity(counts.equal, "row")}.`
            : `Beside what is published: ${formatCount(counts.onlyNow)} only now, ${formatCount(counts.onlyThen)} only then, ${formatCount(counts.differing)} different, ${formatCount(counts.equal)} equal.`,
        ...columns.map(([what, names]) => `${names.length === 1 ? "Column" : "Columns"} ${what}: ${names.join(", ")}`),
        ...(isSame ? [] : formatDifference(difference.columns, difference.rows, { left: "then", right: "now" }, width)),
    ];
}
