import { createRequire, Module } from "node:module";
import type { ComponentType, PropsWithChildren, ReactElement } from "./ink.js";
import * as ink from "./ink.js";

/** The value of a table cell; null and undefined leave it empty. */
export type TableValue = string | number | boolean | null | undefined;

export interface TableProps<Row extends Readonly<Record<string, TableValue>>> {
    /** The rows. ink-table takes the number of UTF-16 units for a cell's width, so texts must have no wide glyphs. */
    readonly data: readonly Row[];
    /** The columns in their order; all that occur in the rows when not given. */
    readonly columns?: readonly (keyof Row & string)[];
    /** Blanks on both sides of a cell; 1 when not given. */
    readonly padding?: number;
    /** Draws a column's name. */
    readonly header?: ComponentType<PropsWithChildren>;
    /** Draws a cell; `column` is its column's index. */
    readonly cell?: ComponentType<PropsWithChildren<{ readonly column: number }>>;
    /** Draws a piece of the lines between cells. */
    readonly skeleton?: ComponentType<PropsWithChildren>;
}

/** A table with lines around its cells, for few rows: each row is a dozen Ink elements. */
export const Table = loadTable();

/**
 * ink-table is CommonJS and requires `ink`, which Node refuses because Ink has a top-level await. In the built program it would
 * also load a second React, whose hooks do not work beside those of the bundle. So we put both into its module cache beforehand.
 */
function loadTable(): <Row extends Readonly<Record<string, TableValue>>>(props: TableProps<Row>) => ReactElement {
    const require = createRequire(import.meta.url);
    const requireFromTable = createRequire(require.resolve("ink-table"));
    provide(requireFromTable.resolve("ink"), ink);
    provide(requireFromTable.resolve("react"), ink.React);
    const { default: table } = require("ink-table") as { default: ReturnType<typeof loadTable> };
    return table;
}

function provide(path: string, exports: unknown): void {
    const cached = new Module(path);
    cached.filename = path;
    cached.loaded = true;
    cached.exports = exports;
    createRequire(path).cache[path] = cached;
}
