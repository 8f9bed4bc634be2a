import { compareRuns } from "../../../runs/compare-runs.js";
import type { PastRun } from "../../../runs/run-history.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import { formatComparison } from "./comparison-lines.js";
import { makeLoad } from "../../kit/load.js";
import { makeScrollArea } from "../../kit/scroll-area.js";
import { ScrollBox } from "../../kit/ScrollBox.js";
import { Styled } from "../../kit/Styled.js";

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
        hints: [
            ["↑↓ PgUp PgDn", "scroll"],
            ["esc", "close"],
        ],
        render: (size) => {
            const { value, error } = comparison.get();
            if (value === null) {
                return <Styled wrap="wrap">{error === null ? "Comparing …" : error.message}</Styled>;
            }
            const lines = formatComparison(value, { left, right, width: size.columns, theme: app.theme.get() });
            return <ScrollBox size={size} lines={lines} area={scroll} />;
        },
        takeInput: scroll.takeInput,
        onClose: () => {
            comparison.cancel();
        },
    };
}
