import { compareRuns } from "../../../runs/compare-runs.js";
import type { PastRun } from "../../../runs/run-history.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Lines } from "../../kit/DialogBox.js";
import { React } from "../../kit/ink.js";
import { formatComparison } from "./comparison-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { makeLoad } from "../../kit/load.js";
import { makeScrollArea } from "../../kit/scroll-area.js";

const timeLimitMs = 10_000;

/** Two runs side by side. */
export function makeRunComparison(app: App, left: PastRun, right: PastRun): Dialog {
    const scroll = makeScrollArea(app.closeDialog);
    const comparison = makeLoad(
        app,
        (database, options) =>
            database.withReadOnlyTransaction((connection) => compareRuns(connection, left.runId, right.runId), options),
        timeLimitMs,
    );
    void comparison.load();
    return {
        title: `Runs ${left.runId} and ${right.runId}`,
        size: { columns: 1000, rows: 1000 },
        changes: [scroll.top, comparison],
        hints: "↑↓ PgUp PgDn scroll  esc close",
        render: ({ columns, rows }) => {
            const { value, error } = comparison.get();
            const lines =
                value === null
                    ? wrapText(error === null ? "Comparing …" : error.message, columns)
                    : formatComparison(value, { left, right, width: columns, theme: app.theme.get() });
            const from = scroll.place(lines.length, rows);
            return <Lines lines={lines.slice(from, from + rows)} />;
        },
        takeInput: scroll.takeInput,
        onClose: () => {
            comparison.cancel();
        },
    };
}
