import type { Database } from "../../../database/database.js";
import { StardeckError } from "../../../database/errors.js";
import { previewBuild, type BuildPreview } from "../../../engine/preview-build.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../app.js";
import type { Dialog, Hint } from "../../kit/screen.js";
import type { BuildRequest } from "./build-monitor.js";
import { DenseTable } from "../../kit/DenseTable.js";
import { Styled } from "../../kit/Styled.js";
import { Box, React, type ReactNode } from "../../kit/ink.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { describePlannedScope, describePreview, hasNothingToDo, sortPlanned } from "./plan-lines.js";
import { makeLoad } from "../../kit/load.js";
import { makeStore } from "../../terminal/store.js";
import { describeWindow, makeScrollArea } from "../../kit/scroll-area.js";

export interface PlanOptions {
    readonly title: string;
    /** Finds out what to build; null when there is nothing. */
    readonly resolve: (database: Database) => Promise<BuildRequest | null>;
    /** The message when there is nothing to build. */
    readonly nothing: string;
    readonly start: (request: BuildRequest) => void;
}

interface Plan {
    readonly request: BuildRequest;
    readonly preview: BuildPreview;
}

const dialogColumns = 96;
/** The rows around the models of a plan: a blank line, the table's titles, and the line that says which models are in view. */
const otherRows = 3;

/** Shows what a build would do to each model and why, computed while the dialog is open; Enter starts it. */
export function makePlanDialog(app: App, { title, resolve, nothing, start }: PlanOptions): Dialog {
    const isFullRefresh = makeStore<boolean | null>(null);
    const scroll = makeScrollArea(app.closeDialog);
    const plan = makeLoad(app, async (database, { signal }): Promise<Plan | null> => {
        const wish = await resolve(database);
        if (wish === null) {
            return null;
        }
        const request = { ...wish, fullRefresh: isFullRefresh.get() ?? wish.fullRefresh };
        const preview = await previewBuild(database, { ...request, exclude: [], threads: app.threads, signal });
        return preview.models.length === 0 ? null : { request, preview };
    });
    void plan.load();

    function renderPlan(planned: Plan, columns: number, rows: number): ReactNode {
        const theme = app.theme.get();
        const { request, preview } = planned;
        const height = Math.max(1, rows - countHeadRows(planned, columns) - otherRows);
        const from = scroll.place(preview.models.length, height);
        const models = sortPlanned(preview.models);
        const shown = models.slice(from, from + height);
        const nameWidth = Math.min(30, Math.max(5, ...models.map(({ modelName }) => modelName.length)));
        const scopeWidth = Math.max(5, ...models.map((model) => describePlannedScope(model).length));
        // Each of the three cells has a blank on both sides; the table has four lines.
        const reasonWidth = Math.max(8, columns - nameWidth - scopeWidth - 10);
        return (
            <Box flexDirection="column">
                <Box flexDirection="column" marginBottom={1}>
                    {formatHead(planned).map((text) => (
                        <Styled key={text} wrap="wrap">
                            {text}
                        </Styled>
                    ))}
                </Box>
                <DenseTable
                    theme={theme}
                    data={shown.map((model) => ({
                        model: fitText(model.modelName, nameWidth),
                        [request.command === "test" ? "tests" : "scope"]:
                            request.command === "test" ? String(model.testCount) : describePlannedScope(model),
                        reason: fitText(model.scope?.reason ?? model.reason, reasonWidth).trimEnd(),
                    }))}
                />
                <Styled role="dim">{describeWindow(from, shown.length, models.length)}</Styled>
            </Box>
        );
    }

    return {
        title,
        get size() {
            const { value } = plan.get();
            const columns = Math.min(dialogColumns, app.size.get().columns - 8);
            const headRows = value === null ? 0 : countHeadRows(value, columns);
            const rows = headRows + (value?.preview.models.length ?? 0) + otherRows;
            return { columns: dialogColumns, rows: Math.max(8, Math.min(rows, 30)) };
        },
        changes: [plan, scroll.top],
        get hints(): readonly Hint[] {
            const { value, isLoading } = plan.get();
            return [
                ...(isLoading || value === null ? [] : [["⏎", canStart(value) ? "start" : "close"] as const]),
                [
                    "f",
                    (isFullRefresh.get() ?? value?.request.fullRefresh ?? false)
                        ? "only what is stale"
                        : "full refresh",
                ],
                ["↑↓", "scroll"],
                ["esc", "cancel"],
            ];
        },
        render: ({ columns, rows }) => {
            const { value, error, isLoading } = plan.get();
            if (isLoading) {
                const waits = app.builds.isRunning() ? " It waits for the build that runs." : "";
                return <Styled wrap="wrap">{`Planning: looking for what is new in the sources …${waits}`}</Styled>;
            }
            if (error !== null) {
                return <Styled wrap="wrap">{describeError(error)}</Styled>;
            }
            return value === null ? <Styled wrap="wrap">{nothing}</Styled> : renderPlan(value, columns, rows);
        },
        takeInput: (event) => {
            const key = event.kind === "key" ? event.name : "";
            const { value, isLoading } = plan.get();
            if (key === "enter") {
                if (isLoading) {
                    app.say("The plan is not ready yet.", "warned");
                    return true;
                }
                app.closeDialog();
                if (value !== null && canStart(value)) {
                    start({ ...value.request, preview: value.preview });
                }
                return true;
            }
            if (key === "f") {
                isFullRefresh.update((isFull) => !(isFull ?? value?.request.fullRefresh ?? false));
                void plan.load();
                return true;
            }
            return scroll.takeInput(event);
        },
        onClose: () => {
            plan.cancel();
        },
    };
}

function canStart({ preview, request }: Plan): boolean {
    return !hasNothingToDo(preview, request.command);
}

function formatHead({ request, preview }: Plan): readonly string[] {
    return [
        describePreview(preview, request.command),
        ...(request.fullRefresh ? ["Full refresh: every row is computed again."] : []),
    ];
}

function countHeadRows(plan: Plan, columns: number): number {
    return formatHead(plan).flatMap((text) => wrapText(text, columns)).length;
}

function describeError(error: Error): string {
    const hint = error instanceof StardeckError ? error.hint : undefined;
    return hint === undefined ? error.message : `${error.message}\n\n${hint}`;
}

/** `fct_orders, dim_product and 3 more` */
export function describeSelection(select: readonly string[]): string {
    const [first = "everything", second, ...others] = select;
    if (second === undefined) {
        return first;
    }
    return others.length === 0
        ? `${first} and ${second}`
        : `${first}, ${second} and ${formatQuantity(others.length, "other")}`;
}
