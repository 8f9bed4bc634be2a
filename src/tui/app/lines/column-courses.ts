import type { BrowseColumn } from "../../../browse/relation.js";
import type { BrowseRow } from "../../../browse/row-page.js";
import { isTemporalType } from "../../../text/column-kinds.js";
import { readNumber, readTime, type ChartValue } from "../../../text/charts/chart-values.js";
import { isNumericType } from "../../../text/column-types.js";
import { drawSparkline } from "../../kit/charts/sparkline.js";

/** The numbers of a column in the order of its rows, for drawing; dates and times become numbers. Null for other types. */
export function readCourse(
    column: BrowseColumn,
    cell: number,
    rows: readonly BrowseRow[],
): readonly ChartValue[] | null {
    if (isNumericType(column.typeId)) {
        return rows.map(({ cells }) => readNumber(cells[cell] ?? null));
    }
    return isTemporalType(column.typeId) ? rows.map(({ cells }) => readTime(cells[cell] ?? null)) : null;
}

/** Reduces the values to one for each cell: the mean of the values that fall into it. */
function resample(values: readonly ChartValue[], width: number): readonly ChartValue[] {
    if (values.length <= width) {
        return values;
    }
    return Array.from({ length: width }, (_, index) => {
        const share = values
            .slice(
                Math.floor((index * values.length) / width),
                Math.max(
                    Math.floor((index * values.length) / width) + 1,
                    Math.floor(((index + 1) * values.length) / width),
                ),
            )
            .filter((value) => value !== null);
        return share.length === 0 ? null : share.reduce((sum, value) => sum + value, 0) / share.length;
    });
}

/** Draws the values in one line of `width` cells. */
export function drawCourse(values: readonly ChartValue[], width: number, isAscii: boolean): string {
    return drawSparkline(resample(values, width), { width, isAscii })[0] ?? " ".repeat(width);
}
