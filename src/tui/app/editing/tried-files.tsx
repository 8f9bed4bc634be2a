import { StardeckError } from "../../../database/errors.js";
import { formatComparison } from "../../../engine/format-comparison.js";
import { tryModel, type TriedModel } from "../../../engine/try-model.js";
import { buildChangedRowsSql, type RowTexts } from "../../../runs/changed-rows.js";
import { describePlan, loadUsualTimes, type PlanLine } from "../../../runs/describe-plan.js";
import { formatDuration, formatQuantity } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import { isEmptyPlan, type Plan } from "../../../warehouse/apply/plan.js";
import { planMigrations, UnapprovedPlanError } from "../../../warehouse/migrations.js";
import type { ProjectFiles } from "../../../warehouse/project-files.js";
import { explainFailure } from "../../../warehouse/unit-tests/run-unit-tests.js";
import { makeConfirm } from "../../kit/confirm.js";
import { React } from "../../kit/ink.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { makeLoad } from "../../kit/load.js";
import { makeScrollArea } from "../../kit/scroll-area.js";
import { ScrollBox } from "../../kit/ScrollBox.js";
import type { DataTarget, Dialog } from "../../kit/screen.js";
import type { Role, Theme } from "../../kit/theme.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { App } from "../app.js";
import { openBuildMenu, reasonNotToBuild } from "../builds/plan-build.js";

/** What the project's files would change and, if a model was edited, that model's rows; nothing is written. */
interface Tried {
    readonly plan: Plan;
    readonly usualMs: ReadonlyMap<string, number>;
    /** Null when no model was edited, and when the files no longer have it. */
    readonly model: (TriedModel & { readonly primaryKey: readonly string[] }) | null;
    /** Lines for each unit test that say how it failed; none for one that passed. */
    readonly failures: readonly (readonly string[])[];
}

/** How many rows of the model, and how many differing rows, the dialog shows. */
const glanceRows = 10;
/** How many differing rows the grid shows. */
const maxRows = 500;
const timeLimitMs = 120_000;

/** A model whose files were edited. */
export interface EditedModel {
    readonly name: string;
    readonly editAgain: () => void;
}

/**
 * Shows what is wrong with the project's files, or what migrating would change; its keys migrate and build. If a model was
 * edited, its rows and differences come first.
 */
export function makeTriedFiles(app: App, files: ProjectFiles, edited: EditedModel | null): Dialog {
    const scroll = makeScrollArea(app.closeDialog);
    const tried = makeLoad<Tried>(
        app,
        async (database, { signal }) => {
            const { project, sourceSchema } = await files.load(database);
            const plan = await planMigrations(database, { project, sourceSchema });
            const file = project.models.find(({ name }) => name === edited?.name);
            const model =
                file === undefined
                    ? null
                    : {
                          ...(await tryModel(database, { project, sourceSchema, name: file.name, maxRows, signal })),
                          primaryKey: file.primaryKey,
                      };
            const failures = (model?.ran ?? []).map((ran) =>
                ran.result.status === "passed" ? Promise.resolve([]) : explainFailure(ran, project.folder),
            );
            return {
                plan,
                usualMs: await loadUsualTimes(database, plan),
                model,
                failures: await Promise.all(failures),
            };
        },
        timeLimitMs,
    );
    void tried.load();

    async function migrate(isApproved: boolean): Promise<void> {
        app.say("Migrating …");
        try {
            const names = await app.read((database) => files.migrate(database, isApproved));
            app.say(
                names.length === 0
                    ? "Nothing to migrate: the database holds what the files say."
                    : `Ran ${formatQuantity(names.length, "migration")}: b builds what it changed.`,
                "ok",
            );
            void app.catalogue.load();
            void tried.load();
        } catch (error) {
            if (error instanceof UnapprovedPlanError) {
                app.say("Nothing is migrated yet.");
                app.openDialog(makeConfirm(app, askFor(error.plan)));
                return;
            }
            const lines = describeError(error).filter((line) => line !== "");
            app.say(lines.join(" "), "failed");
        }
    }

    function showDifferences(name: string): void {
        const { model = null } = tried.get().value ?? {};
        const target = model === null ? null : describeDifferencesOrNull(name, model);
        if (target === null) {
            app.say("No row differs from what is published.");
            return;
        }
        app.closeDialog();
        app.go({ screen: "data", show: target });
    }

    const askFor = (plan: Plan): Parameters<typeof makeConfirm>[1] => ({
        title: "Migrate?",
        text: [
            "Some of it takes away what others may read:",
            ...plan.models.flatMap(({ name: changed, breaking }) => breaking.map((why) => `${changed}: ${why}`)),
        ].join("\n"),
        action: "migrate",
        run: () => {
            app.openDialog(dialog);
            void migrate(true);
        },
    });

    const dialog: Dialog = {
        title: edited === null ? "What the project's files change" : `${edited.name} as its files have it`,
        size: { columns: 1000, rows: 1000 },
        changes: [tried, scroll.top, app.theme],
        hints: [
            ["m", "migrate"],
            ["b", "build"],
            ...(edited === null
                ? []
                : ([
                      ["d", "differences"],
                      ["E", "edit again"],
                  ] as const)),
            ["r", "try again"],
            ["↑↓", "scroll"],
            ["esc", "close"],
        ],
        render: (size) => {
            const { value, error, isLoading } = tried.get();
            const theme = app.theme.get();
            const lines = isLoading
                ? [
                      theme.style(
                          "dim",
                          tried.describe(edited === null ? "Reading the files" : `Trying out ${edited.name}`),
                      ),
                  ]
                : error !== null
                  ? formatProblems(error, size.columns, theme)
                  : value === null
                    ? []
                    : formatTried(edited?.name ?? null, value, size.columns, theme);
            return <ScrollBox size={size} lines={lines} area={scroll} />;
        },
        takeInput: (event) => {
            const key = event.kind === "key" ? event.name : "";
            if (key === "m" || key === "b") {
                const reason = reasonNotToBuild(app);
                if (reason !== null) {
                    app.say(`${key === "m" ? "migrate" : "build"}: ${reason}.`, "warned");
                } else if (key === "m") {
                    void migrate(false);
                } else {
                    openBuildMenu(app, edited?.name ?? null);
                }
                return true;
            }
            if (key === "E" && edited !== null) {
                edited.editAgain();
                return true;
            }
            if (key === "d" && edited !== null) {
                showDifferences(edited.name);
                return true;
            }
            if (key === "r") {
                void tried.load();
                return true;
            }
            return scroll.takeInput(event);
        },
        onClose: () => {
            tried.cancel();
        },
    };
    return dialog;
}

function describeError(error: unknown): readonly string[] {
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof StardeckError ? error.hint : undefined;
    return [...message.split("\n"), ...(hint === undefined ? [] : ["", ...hint.split("\n")])];
}

/** The problems of the files. Sentences are wrapped; lines that show a place in a file are not. */
function formatProblems(error: Error, width: number, theme: Theme): readonly string[] {
    return describeError(error).flatMap((line) => {
        const isOfFile = /^\s|^\d+ │/.test(line);
        if (isOfFile) {
            return [fitText(line, width)];
        }
        return wrapText(line, width).map((part) => theme.style(/^\S+:\d+: /.test(line) ? "failed" : "plain", part));
    });
}

const roles: Readonly<Record<Exclude<PlanLine[number], string>["look"], Role>> = {
    added: "ok",
    changed: "warned",
    removed: "failed",
    strong: "strong",
    dim: "dim",
};

function formatTried(
    name: string | null,
    { plan, usualMs, model, failures }: Tried,
    width: number,
    theme: Theme,
): readonly string[] {
    const planLines = [...describePlan(plan, usualMs)].map((line) =>
        fitStyled(
            line
                .map((part) =>
                    typeof part === "string"
                        ? makeVisible(part)
                        : theme.style(roles[part.look], makeVisible(part.text)),
                )
                .join(""),
            width,
        ),
    );
    const ofModel =
        name === null
            ? []
            : model === null
              ? [...wrapText(`The files have no model ${name} any more.`, width), ""]
              : [...formatModel(model, failures, width, theme), ""];
    return [
        ...ofModel,
        ...(isEmptyPlan(plan)
            ? ["Nothing to migrate: the database holds what the files say."]
            : [theme.style("strong", "m migrates:"), ...planLines]),
    ];
}

/** The rows that differ from the published ones, for the grid; null when none differ. */
function describeDifferencesOrNull(
    name: string,
    { compared, primaryKey }: NonNullable<Tried["model"]>,
): DataTarget | null {
    const { difference } = compared;
    if (difference === null || difference.rows.length === 0) {
        return null;
    }
    const { columns, counts } = difference;
    const toTexts = (cells: readonly (string | null)[] | null): RowTexts | null =>
        cells === null ? null : Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? null]));
    const rows = difference.rows.map(({ left, right }) => ({
        operation: left === null ? ("insert" as const) : right === null ? ("delete" as const) : ("update" as const),
        before: toTexts(left),
        after: toTexts(right),
    }));
    // An old value may not fit a column's new type, so retyped columns stay text.
    const types = compared.columns.filter(({ name: column }) => !difference.retypedColumns.includes(column));
    const changed = { columns, rows, types: Object.fromEntries(types.map(({ name: column, type }) => [column, type])) };
    const count = counts.onlyNow + counts.onlyThen + counts.differing;
    const which = count > rows.length ? `, the first ${rows.length} of ${formatQuantity(count, "row")}` : "";
    const sql = buildChangedRowsSql(
        changed,
        primaryKey.filter((column) => columns.includes(column)),
        null,
    );
    return { kind: "query", sql, title: `${name}: what its files change${which}` };
}

function formatModel(
    { compared, ran, tookMs }: TriedModel,
    failures: readonly (readonly string[])[],
    width: number,
    theme: Theme,
): readonly string[] {
    const { symbols } = theme;
    const { rows, difference } = compared;
    const glance = {
        ...compared,
        rows: rows.slice(0, glanceRows),
        difference: difference === null ? null : { ...difference, rows: difference.rows.slice(0, glanceRows) },
    };
    return [
        theme.style("strong", `${formatQuantity(compared.rowCount, "row")} in ${formatDuration(tookMs)}`),
        ...formatComparison(glance, width).map((line) => fitText(line, width)),
        ...ran.flatMap(({ test, result }, index) => [
            result.status === "passed"
                ? theme.style("ok", fitText(`${symbols.ok} passed  ${test.name}`, width))
                : theme.style("failed", fitText(`${symbols.failed} failed  ${test.name}`, width)),
            ...(failures[index] ?? []).map((line) => fitText(`    ${line}`, width)),
        ]),
    ];
}
