import { compareRuns } from "../../explore/compare-runs.js";
import type { PastRun } from "../../explore/run-history.js";
import type { App, Dialog } from "../app.js";
import { Lines } from "../components/DialogBox.js";
import { React } from "../ink.js";
import { listMotionOfKeyOrNull } from "../list-keys.js";
import { formatComparison } from "../presentation/comparison-lines.js";
import { wrapText } from "../presentation/fit-text.js";
import { makeResource } from "../resource.js";
import { makeStore } from "../store.js";

const statementTimeoutMs = 10_000;

/** Two runs side by side. */
export function makeRunComparison(app: App, left: PastRun, right: PastRun): Dialog {
    const top = makeStore(0);
    let height = 10;
    let lineCount = 0;
    const comparison = makeResource((signal) =>
        app.read(
            (database) =>
                database.withReadOnlyTransaction((connection) => compareRuns(connection, left.runId, right.runId), {
                    statementTimeoutMs,
                }),
            signal,
        ),
    );
    void comparison.load();
    const scroll = (by: number): void => {
        top.update((line) => Math.max(0, Math.min(line + by, lineCount - height)));
    };
    return {
        title: `Runs ${left.runId} and ${right.runId}`,
        size: { columns: 1000, rows: 1000 },
        changes: [top, comparison],
        hints: "↑↓ PgUp PgDn scroll  esc close",
        render: ({ columns, rows }) => {
            const { value, error } = comparison.get();
            const lines =
                value === null
                    ? wrapText(error === null ? "Comparing …" : error.message, columns)
                    : formatComparison(value, { left, right, width: columns, theme: app.theme.get() });
            height = rows;
            lineCount = lines.length;
            const from = Math.max(0, Math.min(top.get(), lineCount - height));
            return <Lines lines={lines.slice(from, from + rows)} />;
        },
        takeInput: (event) => {
            if (event.kind === "mouse") {
                scroll(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            if (event.name === "enter" || event.name === "q") {
                app.closeDialog();
                return true;
            }
            const by = listMotionOfKeyOrNull(event.name, height);
            if (by !== null) {
                scroll(by);
            }
            return by !== null;
        },
        onClose: comparison.cancel,
    };
}
