import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { explainQuery, parseExplainOrNull, type ExplainedStatement } from "../../../browse/explain-query.js";
import { loadCatalogue } from "../../../browse/load-catalogue.js";
import { openQuery } from "../../../browse/open-query.js";
import { kindOfPath, writeWholeFile } from "../../../config/write-file.js";
import { formatDuration } from "../../../text/format-values.js";
import { makeVisible } from "../../../text/visible-text.js";
import type { App } from "../../app/app.js";
import { makeConfirm } from "../../kit/confirm.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { makeLoad } from "../../kit/load.js";
import { makeMenu } from "../../kit/menu.js";
import type { Handler, Handlers, Screen } from "../../kit/screen.js";
import type { CellPlace } from "../../terminal/compose-frame.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeStore } from "../../terminal/store.js";
import { askWhere } from "./ask-where.js";
import { makeDataHandlers } from "./data-handlers.js";
import { makeGridPane } from "./grid-pane.js";
import { makeOpenGrids } from "./open-grids.js";
import { formatMs, makePlanPane } from "./plan-pane.js";
import { parseSavedSql, type SavedSql } from "./saved-data.js";
import { editorHints, makeSqlEditor } from "./sql-editor.js";

const mostHistory = 200;
/** Larger files are not opened. */
const mostFileBytes = 1_000_000;
/** The editor has at least this many rows, and at most this share of the screen. */
const leastEditorRows = 3;
const editorShare = 0.4;

/** An open statement, and the file that it was read from or written to. */
interface Draft {
    readonly text: string;
    readonly path: string | null;
    /** When the file was last changed, as it was opened or written here; null without a file. */
    readonly changedMs: number | null;
}

const emptyDraft: Draft = { text: "", path: null, changedMs: null };

/** When a file was last changed. */
function changedMsOrNull(path: string): Promise<number | null> {
    return stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => null,
    );
}

/** A person's own statements, one of them in view, above the rows or the plan of the one that ran last. */
export function makeSqlScreen(app: App): Screen {
    const relations = makeLoad(app, loadCatalogue, 30_000);
    const isEditing = makeStore(true);
    const isPlanShown = makeStore(false);
    /** All open statements. The text of the current one is in the editor. */
    const drafts = makeStore<readonly Draft[]>([emptyDraft]);
    const current = makeStore(0);
    let history: readonly string[] = [];
    let explained: ExplainedStatement = { sql: "", isAnalyzed: false };
    let cursor: CellPlace | null = null;
    let editorRows = leastEditorRows;

    const editor = makeSqlEditor(app, {
        history: () => history,
        catalogue: () => relations.get().value ?? [],
        run: runStatement,
        leave: () => {
            if (!stop()) {
                isEditing.set(false);
            }
        },
    });
    const grids = makeOpenGrids(app, {
        askAgain: (grid, tried) => {
            askWhere(app, grid, relations.get().value ?? [], tried);
        },
        hasChartByItself: () => false,
    });
    const pane = makeGridPane(app, grids);
    const check = makeLoad(app, (database, options) => openQuery(database, editor.text(), options));
    const plan = makeLoad(app, (database, options) => explainQuery(database, explained, options));
    const planPane = makePlanPane(app, () => plan.get().value, [plan]);

    check.subscribe(() => {
        const { isLoading, error, value } = check.get();
        if (!isLoading && error !== null) {
            editor.setError(error);
            void relations.need();
        } else if (!isLoading && value !== null) {
            while (grids.depth() > 0) {
                grids.close();
            }
            grids.open({ kind: "query", sql: editor.text() });
            showResult(false);
        }
    });
    plan.subscribe(() => {
        const { isLoading, error, value } = plan.get();
        if (!isLoading && error !== null) {
            editor.setError(error);
            isEditing.set(true);
        } else if (!isLoading && value !== null) {
            planPane.state.select(null);
            planPane.state.focus.set("list");
            showResult(true);
        }
    });

    function showResult(isPlan: boolean): void {
        isPlanShown.set(isPlan);
        isEditing.set(false);
    }

    function remember(sql: string): void {
        history = [...history.filter((each) => each !== sql), sql].slice(-mostHistory);
    }

    /** Prepares to run the statement; says so and returns false when there is none. */
    function begin(): boolean {
        const text = editor.text();
        if (text.trim() === "") {
            app.say("Write a SELECT first; Tab completes names.", "warned");
            return false;
        }
        stop();
        editor.setError(null);
        remember(text);
        return true;
    }

    function runStatement(): void {
        const asked = parseExplainOrNull(editor.text());
        if (asked !== null) {
            explain(asked);
        } else if (begin()) {
            void check.load();
        }
    }

    function explain(statement: ExplainedStatement): void {
        if (begin()) {
            explained = statement;
            void plan.load();
        }
    }

    function explainText(isAnalyzed: boolean): void {
        const text = editor.text();
        explain({ sql: parseExplainOrNull(text)?.sql ?? text, isAnalyzed });
    }

    /** Cancels what is running; returns false when nothing is. */
    function stop(): boolean {
        const isStopped = [check.cancel(), plan.cancel(), grids.current()?.grid.cancel() === true];
        return isStopped.includes(true);
    }

    function editStatement(): void {
        isEditing.set(true);
    }

    /** The drafts with the current text of the editor. */
    function listDrafts(): readonly Draft[] {
        return drafts
            .get()
            .map((draft, index) => (index === current.get() ? { ...draft, text: editor.text() } : draft));
    }

    function showDraft(all: readonly Draft[], index: number): void {
        drafts.set(all);
        current.set(index);
        editor.setText(all[index]?.text ?? "");
    }

    /** Shows the next or previous draft; after the last one a new draft, unless the last one is empty. */
    function stepDraft(by: 1 | -1): void {
        const all = listDrafts();
        const isNew = by === 1 && current.get() === all.length - 1 && editor.text().trim() !== "";
        const next = isNew ? [...all, emptyDraft] : all;
        showDraft(next, (current.get() + by + next.length) % next.length);
        isEditing.set(isNew);
    }

    /** Opens a draft, in the place of the current one if that is empty. */
    function openDraft(draft: Draft): void {
        const all = listDrafts();
        const isEmpty = editor.text().trim() === "";
        const kept = isEmpty ? all.filter((_each, index) => index !== current.get()) : all;
        showDraft([...kept, draft], kept.length);
        isEditing.set(true);
    }

    function chooseEarlier(): void {
        app.openDialog(
            makeMenu(app, {
                title: "Earlier statements",
                isSearchable: true,
                columns: 100,
                items: [...history].reverse().map((sql) => ({
                    title: makeVisible(sql.replaceAll(/\s+/g, " ").trim()),
                    run: () => {
                        openDraft({ ...emptyDraft, text: sql });
                    },
                })),
            }),
        );
    }

    async function openFile(typed: string): Promise<void> {
        const path = app.resolvePath(typed.trim());
        const place = drafts.get().findIndex((draft) => draft.path === path);
        if (place >= 0) {
            showDraft(listDrafts(), place);
            return;
        }
        try {
            const { size, mtimeMs } = await stat(path);
            if (size > mostFileBytes) {
                throw new Error("it is larger than a megabyte.");
            }
            const text = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
            openDraft({ text: text.replaceAll("\r\n", "\n").trimEnd(), path, changedMs: mtimeMs });
        } catch (error) {
            const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
            const reason = error instanceof Error ? error.message : String(error);
            app.say(isMissing ? `There is no file ${path}.` : `${path} cannot be opened: ${reason}`, "failed");
        }
    }

    async function saveFile(typed: string, mayReplace = false): Promise<void> {
        const path = app.resolvePath(typed.trim());
        const draft = drafts.get()[current.get()] ?? emptyDraft;
        const isThere = (await kindOfPath(path)) !== "nothing";
        const isOwn = path === draft.path && isThere && (await changedMsOrNull(path)) === draft.changedMs;
        if (!isOwn && !mayReplace && isThere) {
            app.openDialog(
                makeConfirm(app, {
                    title: path === draft.path ? "The file was changed meanwhile" : "The file is there already",
                    text: `${path} will be replaced by the statement.`,
                    action: "replace it",
                    run: () => void saveFile(typed, true),
                }),
            );
            return;
        }
        try {
            await writeWholeFile(path, (write) => write(`${editor.text().trimEnd()}\n`));
            const changedMs = await changedMsOrNull(path);
            drafts.set(
                listDrafts().map((each, index) => (index === current.get() ? { ...each, path, changedMs } : each)),
            );
            app.say(`Wrote ${path}.`, "ok");
        } catch (error) {
            app.say(error instanceof Error ? error.message : String(error), "failed");
        }
    }

    function askForPath(label: string, use: (typed: string) => Promise<void>): void {
        app.ask({
            label,
            initial: drafts.get()[current.get()]?.path ?? "",
            onSubmit: (typed) => {
                if (typed.trim() !== "") {
                    void use(typed);
                }
            },
        });
    }

    const notWritten = (): string | null => (editor.text().trim() === "" ? "nothing is written yet" : null);
    const edit: Handler = { run: editStatement, title: () => "edit" };
    const own: Handlers = {
        "data.query": edit,
        "pane.next": edit,
        "pane.previous": edit,
        "tab.next": {
            run: () => {
                stepDraft(1);
            },
            title: () => (drafts.get().length > 1 ? "next query" : "new query"),
            disabledReason: () => (drafts.get().length > 1 ? null : notWritten()),
        },
        "tab.previous": {
            run: () => {
                stepDraft(-1);
            },
            disabledReason: () => (drafts.get().length > 1 ? null : "one statement is open"),
        },
        "sql.plan": {
            run: () => {
                if (isPlanShown.get() && grids.current() !== null) {
                    isPlanShown.set(false);
                } else {
                    explainText(false);
                }
            },
            title: () => (isPlanShown.get() && grids.current() !== null ? "rows" : "plan"),
            disabledReason: notWritten,
        },
        "sql.analyze": {
            run: () => {
                explainText(true);
            },
            disabledReason: notWritten,
        },
        "sql.history": {
            run: chooseEarlier,
            disabledReason: () => (history.length === 0 ? "no statement has run yet" : null),
        },
        "sql.open": {
            run: () => {
                askForPath("open file", openFile);
            },
        },
        "sql.save": {
            run: () => {
                askForPath("write to", saveFile);
            },
            disabledReason: notWritten,
        },
    };
    const ofRows: Handlers = {
        ...makeDataHandlers(app, {
            current: grids.current,
            relations: () => relations.get().value ?? [],
            chooseRelation: null,
            openSql: editStatement,
            back: {
                run: () => {
                    (pane.stepBackOrNull() ?? grids.close)();
                },
                disabledReason: () =>
                    pane.stepBackOrNull() !== null || grids.depth() > 1 ? null : "these are the rows of the statement",
            },
            drill: (targets) => {
                const [likeliest] = targets;
                if (likeliest !== undefined) {
                    grids.open(likeliest, { isStep: true, beside: targets });
                }
            },
            turn: grids.turn,
        }),
        ...own,
    };
    const ofPlan: Handlers = {
        ...planPane.handlers,
        open: {
            run: () => {
                planPane.handlers.open?.run();
            },
            title: () => "details",
            disabledReason: () => (planPane.state.widths().main > 0 ? "the details of the step are in view" : null),
        },
        back: {
            run: () => {
                if (planPane.handlers.back?.disabledReason?.() === null) {
                    planPane.handlers.back.run();
                } else {
                    isPlanShown.set(false);
                }
            },
        },
        copy: {
            run: () => {
                app.copy(plan.get().value?.json ?? "", "the plan as JSON");
            },
        },
        ...own,
    };
    /** Cancels a statement whose rows are not shown yet. */
    const cancel: Handler = {
        run: () => {
            stop();
            app.say("Cancelled.");
        },
    };
    const ofNothing: Handlers = { open: edit, ...own };

    function handlersNow(): Handlers {
        const below = isPlanShown.get() ? ofPlan : grids.current() === null ? ofNothing : ofRows;
        return check.get().isLoading || plan.get().isLoading ? { ...below, cancel } : below;
    }

    function paintBelow(size: TerminalSize): readonly string[] {
        const theme = app.theme.get();
        const error = editor.paintError(size.columns - 2).map((line) => ` ${line}`);
        const rest = { ...size, rows: Math.max(1, size.rows - error.length) };
        const result = isPlanShown.get()
            ? planPane.paint(rest)
            : grids.current() === null
              ? listAdvice().map((line) => theme.style("dim", fitText(`  ${line}`, size.columns)))
              : pane.paint(rest);
        const lines = [...error, ...result];
        const candidates = isEditing.get() ? editor.paintCandidates(size.columns) : [];
        return [...candidates, ...lines.slice(candidates.length)];
    }

    function listAdvice(): readonly string[] {
        return [
            "",
            "One SELECT, WITH, VALUES or TABLE. It is read only, whatever it says.",
            "explain before it shows its plan, explain analyze where its time goes.",
        ];
    }

    /** The line between the editor and the rows: which statement it is, and what is running. */
    function formatRule(columns: number): string {
        const theme = app.theme.get();
        const all = drafts.get();
        const path = all[current.get()]?.path ?? null;
        const running =
            check.describe("planning") ||
            plan.describe(explained.isAnalyzed ? "running it for its plan" : "asking for its plan");
        const parts = [
            ...(all.length > 1 ? [`query ${current.get() + 1} of ${all.length}`] : []),
            ...(path === null ? [] : [basename(path)]),
            ...(running === "" ? [] : [isEditing.get() ? running.replace("x cancels", "esc cancels") : running]),
        ];
        const text = parts.length === 0 ? "" : ` ${makeVisible(parts.join(", "))} `;
        const role = isEditing.get() ? "accent" : "dim";
        const words = fitText(text, Math.min(text.length, columns - 4));
        return theme.style(
            role,
            theme.symbols.rule.repeat(2) + words + theme.symbols.rule.repeat(columns - 2 - words.length),
        );
    }

    function formatTitle(width: number): string {
        const theme = app.theme.get();
        const { value } = plan.get();
        if (isPlanShown.get() && value !== null) {
            const took =
                value.executionMs === null
                    ? `cost ${value.totalCost.toFixed(0)}`
                    : `${formatMs(value.executionMs)}, planned in ${formatMs(value.planningMs ?? 0)}`;
            return `${theme.style("strong", value.isAnalyzed ? "explain analyze" : "explain")}   ${took}`;
        }
        const readMs = grids.current()?.grid.get().readMs ?? null;
        const time = readMs === null ? "" : `   ${theme.style("dim", formatDuration(readMs))}`;
        const title = pane.titleOrNull(width - 10);
        return title === null ? theme.style("strong", "SQL") : title + time;
    }

    return {
        id: "sql",
        changes: [
            grids.changes,
            editor,
            isEditing,
            isPlanShown,
            drafts,
            current,
            check,
            relations,
            ...planPane.changes,
        ],
        get handlers() {
            return handlersNow();
        },
        title: formatTitle,
        paint: (size) => {
            const lineCount = editor.text().split("\n").length + 1;
            editorRows = Math.max(leastEditorRows, Math.min(lineCount, Math.floor(size.rows * editorShare)));
            const picture = editor.paint({ columns: size.columns - 2, rows: editorRows });
            cursor = isEditing.get() ? { row: picture.cursor.row, column: picture.cursor.column + 1 } : null;
            const padding = Array.from({ length: editorRows - picture.lines.length }, () => "");
            return [
                ...picture.lines.map((line) => ` ${line}`),
                ...padding,
                formatRule(size.columns),
                ...paintBelow({ ...size, rows: Math.max(1, size.rows - editorRows - 1) }),
            ];
        },
        cursor: () => cursor,
        hints: () => (isEditing.get() ? editorHints : null),
        takeInput: (event) => isEditing.get() && editor.takeInput(event),
        click: (event) => {
            if (event.row <= editorRows) {
                isEditing.set(event.action === "press" || isEditing.get());
                return;
            }
            const below = { ...event, row: event.row - editorRows - 1 };
            isEditing.set(event.action !== "press" && isEditing.get());
            (isPlanShown.get() ? planPane.click : pane.click)(below);
        },
        show: (target) => {
            pane.setVisible(true);
            void relations.need();
            if (target.screen === "sql" && target.isEditing === true) {
                isEditing.set(true);
            }
        },
        hide: () => {
            check.cancel();
            plan.cancel();
            editor.endCompletion();
            pane.setVisible(false);
        },
        save: () =>
            ({ history, drafts: listDrafts().map(({ text }) => text), current: current.get() }) satisfies SavedSql,
        restore: (given) => {
            const saved = parseSavedSql(given);
            ({ history } = saved);
            showDraft(
                saved.drafts.map((text) => ({ ...emptyDraft, text })),
                saved.current,
            );
        },
    };
}
