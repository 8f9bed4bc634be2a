import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";
import type { PageOptions, PagePosition, RowPage } from "./row-page.js";

/** Some rows of a view. */
export function loadPage(
    database: Database,
    view: GridView,
    position: PagePosition,
    options: PageOptions,
): Promise<RowPage> {
    void [database, view, position, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
