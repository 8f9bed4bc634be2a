import { formatCount, formatDuration } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { DenseTable } from "../../kit/DenseTable.js";
import { Styled } from "../../kit/Styled.js";
import { Box, React } from "../../kit/ink.js";
import { describeEnd } from "../../app/lines/describe-run.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { lookOfModel } from "../../app/lines/model-line.js";
import {
    elapsedMs,
    hasProblem,
    isRunning,
    type ModelProgress,
    type RunProgress,
} from "../../app/builds/run-progress.js";
import { countChangedRows } from "../../../runs/run.js";
import type { Theme } from "../../kit/theme.js";
import { describeWindow, makeScrollArea } from "../../kit/scroll-area.js";

/** A summary of a run: how it ended, and the models that changed, failed or warned. */
export function makeRunSummary(app: App, run: RunProgress): Dialog {
    const scroll = makeScrollArea(app.closeDialog);
    const models = run.modelNames.flatMap((name) => run.models.get(name) ?? []);
    const told = models.filter(
        (model) => hasProblem(model) || (model.rows !== null && countChangedRows(model.rows) > 0),
    );
    return {
        title: isRunning(run) ? "So far" : "What the run came to",
        size: { columns: 84, rows: Math.min(told.length + 7, 26) },
        changes: [scroll.top],
        hints: [
            ["↑↓", "scroll"],
            ["y", "copy"],
            ["esc", "close"],
        ],
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const headRows = wrapText(describeEnd(run), columns).length;
            const height = Math.max(1, rows - headRows - 3);
            const from = scroll.place(told.length, height);
            const shown = told.slice(from, from + height);
            const nameWidth = Math.min(
                Math.max(10, columns - 56),
                Math.max(5, ...told.map(({ modelName }) => modelName.length)),
            );
            return (
                <Box flexDirection="column">
                    <Box marginBottom={1}>
                        <Styled wrap="wrap">{describeEnd(run)}</Styled>
                    </Box>
                    {told.length === 0 ? (
                        <Styled>No model changed, failed or warned.</Styled>
                    ) : (
                        <DenseTable
                            theme={theme}
                            data={shown.map((model) => makeRow(model, nameWidth, app.now(), theme))}
                        />
                    )}
                    <Styled role="dim">{describeWindow(from, shown.length, told.length)}</Styled>
                </Box>
            );
        },
        takeInput: (event) => {
            if (event.kind === "key" && event.name === "y") {
                app.copy(describeEnd(run), "the summary");
                return true;
            }
            return scroll.takeInput(event);
        },
    };
}

function makeRow(
    model: ModelProgress,
    nameWidth: number,
    nowMs: number,
    theme: Theme,
): Readonly<Record<string, string>> {
    const [, symbol, word] = lookOfModel(model, { wait: null }, theme);
    const elapsed = elapsedMs(model, nowMs);
    const { rows, problems, passedTestCount } = model;
    const asked = passedTestCount + problems.length;
    return {
        model: fitText(model.modelName, nameWidth),
        state: `${symbol} ${word}`,
        time: elapsed === null ? "" : formatDuration(elapsed),
        new: rows === null ? "" : formatCount(rows.inserted),
        changed: rows === null ? "" : formatCount(rows.updated),
        gone: rows === null ? "" : formatCount(rows.deleted),
        tests: asked === 0 ? "" : `${passedTestCount}/${asked}`,
    };
}
