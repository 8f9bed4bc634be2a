import { findColumn, type GridView } from "../../../browse/grid-view.js";
import { loadEstimatedStatistics } from "../../../browse/load-estimated-statistics.js";
import { loadExactStatistics } from "../../../browse/load-exact-statistics.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatStatistics } from "./statistics-lines.js";
import type { RowCount } from "./grid-state.js";
import { makeScrollArea } from "../../kit/scroll-area.js";
import { ScrollBox } from "../../kit/ScrollBox.js";
import { makeLoad } from "../../kit/load.js";

/** Up to this many rows, exact statistics are computed at once. */
const quickRows = 200_000;

/** The statistics of a column: the server's estimates at once, exact ones on request or when there are few rows. */
export function makeStatisticsDialog(app: App, view: GridView, columnName: string, count: RowCount | null): Dialog {
    const column = findColumn(view.relation, columnName);
    const scroll = makeScrollArea(app.closeDialog);
    const estimate = makeLoad(app, (database, options) => loadEstimatedStatistics(database, view, columnName, options));
    const exact = makeLoad(app, (database, options) => loadExactStatistics(database, view, columnName, options));
    const isQuick = count !== null && count.rows <= quickRows;
    if (isQuick) {
        void exact.load();
    } else {
        void estimate.load();
    }

    function describe(): string {
        if (exact.get().isLoading) {
            return exact.describe("Reading all rows of the view");
        }
        if (exact.get().value !== null) {
            return `${column.typeName}. Exact, of all rows of the view.`;
        }
        const rows = count === null ? "all rows" : `about ${formatQuantity(Math.round(count.rows), "row")}`;
        if (estimate.get().isLoading) {
            return estimate.describe("Asking the server what it knows");
        }
        return estimate.get().value === null
            ? `${column.typeName}. The server knows nothing of this column by itself. e reads ${rows}.`
            : `${column.typeName}. From the server's sample of the table, whatever is filtered. e reads ${rows} of the view.`;
    }

    return {
        title: `Statistics of ${columnName}`,
        size: { columns: 76, rows: 34 },
        changes: [scroll.top, estimate, exact],
        hints: [
            ["e", "exact"],
            ["↑↓", "scroll"],
            ["esc", "close"],
        ],
        render: (size) => {
            const { columns } = size;
            const theme = app.theme.get();
            const error = exact.get().error ?? (exact.get().isLoading ? null : estimate.get().error);
            const statistics = exact.get().value ?? estimate.get().value;
            const head = wrapText(describe(), columns).map((line) => theme.style("dim", fitText(line, columns)));
            const comment = column.comment === null ? [] : wrapText(column.comment, columns);
            const body = [
                ...(error === null ? [] : formatErrorLines(error, columns, theme)),
                ...(statistics === null ? [] : formatStatistics(statistics, column, columns, theme)),
            ];
            return <ScrollBox size={size} lines={[...comment, ...head, "", ...body]} area={scroll} />;
        },
        takeInput: (event) => {
            const key = event.kind === "key" ? event.name : "";
            if (key === "e" && !exact.get().isLoading) {
                void exact.load();
            }
            if (key === "x") {
                exact.cancel();
                estimate.cancel();
            }
            return key === "e" || key === "x" || scroll.takeInput(event);
        },
        onClose: () => {
            estimate.cancel();
            exact.cancel();
        },
    };
}
