import type { Database } from "../database/database.js";
import { placeInGiven } from "./from-sql.js";
import { visibleColumns, roleSettingsOf, type GridView } from "./grid-view.js";
import { readNumberedPage } from "./numbered-page.js";
import { readOrderedPage } from "./ordered-page.js";
import type { PageOptions, PagePosition, RowPage } from "./row-page.js";
import { makeRowShape } from "./row-shape.js";
import { makeViewOrder } from "./view-order.js";

/**
 * One page of a view's rows.
 *
 * @throws StatementError with a position in the SQL that a person wrote; StardeckError `interrupted`; ReadTimeoutError; ConnectionError
 */
export async function loadPage(
    database: Database,
    view: GridView,
    position: PagePosition,
    options: PageOptions,
): Promise<RowPage> {
    const order = makeViewOrder(view);
    const columns = visibleColumns(view);
    const shape = makeRowShape(view.relation, columns, order, options.clipCharacters);
    const readPage = order.by === "position" ? readNumberedPage : readOrderedPage;
    try {
        return await database.withReadOnlyTransaction(
            async (connection) => {
                const page = await readPage({ connection, view, order, shape, pageRows: options.pageRows }, position);
                return { columns, ...page };
            },
            { isGuarded: true, ...options, roleSettings: roleSettingsOf(view) },
        );
    } catch (error) {
        throw placeInGiven(error, view);
    }
}
