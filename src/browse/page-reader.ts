import type { Connection } from "../database/connection.js";
import type { GridView } from "./grid-view.js";
import type { RowPage } from "./row-page.js";
import type { RowShape } from "./row-shape.js";
import type { ViewOrder } from "./view-order.js";

/** What is needed to read a page of a view. */
export interface PageReader {
    readonly connection: Connection;
    readonly view: GridView;
    readonly order: ViewOrder;
    readonly shape: RowShape;
    /** The maximum number of rows to read. */
    readonly pageRows: number;
}

export type PageRows = Omit<RowPage, "columns">;
