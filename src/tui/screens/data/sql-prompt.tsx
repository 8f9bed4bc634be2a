import { StatementError } from "../../../database/errors.js";
import { completeSql, type CatalogueRelation, type Completion } from "../../../sql/complete-sql.js";
import { formatIdentifier } from "../../../sql/identifiers.js";
import { nearestNameOrNull } from "../../../text/nearest-name.js";
import { openQuery } from "../../../browse/open-query.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Box, React, type ReactNode } from "../../kit/ink.js";
import { editOrNull, type EditedText } from "../../kit/line-editor.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatSqlEditor } from "../../kit/lines/sql-editor-lines.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { Painted } from "../../kit/Painted.js";
import { Styled } from "../../kit/Styled.js";
import { CursorBox } from "../../kit/TextField.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeStore } from "../../terminal/store.js";
import type { InputEvent } from "../../terminal/parse-input.js";
import { makeLoad } from "../../kit/load.js";

export interface SqlPromptOptions {
    /** What was being written when the prompt was left. */
    readonly draft: string;
    /** The newest last. */
    readonly history: readonly string[];
    readonly catalogue: () => readonly CatalogueRelation[];
    /** Keeps what is being written. */
    readonly keepDraft: (text: string) => void;
    /** Keeps a statement that was tried, also one that failed. */
    readonly remember: (sql: string) => void;
    /** Shows the rows of a statement that can be read. */
    readonly show: (sql: string) => void;
}

interface PromptState {
    readonly edited: EditedText;
    /** Where in the history one is; its length for what is being written. */
    readonly place: number;
    readonly candidates: readonly Completion[];
    /** The one that Enter takes; -1 while they are only shown beside what is typed. */
    readonly candidate: number;
    /** What the candidates would take the place of. */
    readonly from: number;
    readonly to: number;
    readonly error: { readonly error: Error; readonly sql: string } | null;
}

/** Of a word of so many letters it is shown how it could go on. */
const leastTyped = 2;
/** How many completions are in view. */
const shownCandidates = 8;

/** A statement of one's own over several lines: read only, with completion and history; its result is the grid. */
export function makeSqlPrompt(
    app: App,
    { draft, history, catalogue, keepDraft, remember, show }: SqlPromptOptions,
): Dialog {
    const state = makeStore<PromptState>({
        edited: { text: draft, cursor: draft.length },
        place: history.length,
        candidates: [],
        candidate: 0,
        from: 0,
        to: 0,
        error: null,
    });
    const check = makeLoad(app, (database, options) => openQuery(database, state.get().edited.text, options));
    const change = (changes: Partial<PromptState>): void => {
        state.update((before) => ({ ...before, ...changes }));
    };
    const edit = (edited: EditedText): void => {
        change({ edited, candidates: [], error: null });
        keepDraft(edited.text);
    };
    /** Shows beside a word that is being typed how it could go on. */
    const suggest = (): void => {
        const { text, cursor } = state.get().edited;
        const { from, to, candidates } = completeSql(text, cursor, catalogue());
        const word = text.slice(from, to);
        const isBegun = word.length >= leastTyped || text[from - 1] === ".";
        const isDone = candidates.length === 1 && candidates[0]?.text.toLowerCase() === word.toLowerCase();
        if (to === cursor && isBegun && !isDone) {
            change({ candidates, candidate: -1, from, to });
        }
    };

    const endWatch = check.subscribe(() => {
        const { isLoading, error, value } = check.get();
        const { text } = state.get().edited;
        if (isLoading) {
            return;
        }
        if (error !== null && state.get().error?.error !== error) {
            const offset = offsetOfError(error, text);
            remember(text);
            change({ error: { error, sql: text }, edited: { text, cursor: offset ?? state.get().edited.cursor } });
        } else if (value !== null && error === null) {
            app.closeDialog();
            keepDraft("");
            show(text);
        }
    });

    function complete(): void {
        const { text, cursor } = state.get().edited;
        const { from, to, candidates } = completeSql(text, cursor, catalogue());
        const [first] = candidates;
        if (first === undefined) {
            app.say("Nothing can be completed here.");
        } else if (candidates.length === 1) {
            insert(first, from, to);
        } else {
            const prefix = commonPrefix(candidates.map((each) => each.text));
            const isLonger =
                prefix.length > to - from && prefix.toLowerCase().startsWith(text.slice(from, to).toLowerCase());
            const next = isLonger ? replace(text, from, to, prefix) : state.get().edited;
            change({
                edited: next,
                candidates,
                candidate: 0,
                from,
                to: isLonger ? from + prefix.length : to,
                error: null,
            });
        }
    }

    function insert({ text: added }: Completion, from: number, to: number): void {
        edit(replace(state.get().edited.text, from, to, added));
    }

    /** Keys while completions are listed; false for what edits on. */
    function takeChoice(name: string): boolean {
        const { candidates, candidate, from, to } = state.get();
        if (candidate === -1) {
            // Nobody has asked for them: every key does what it does without them.
            change({ candidates: [] });
            return false;
        }
        const steps: Readonly<Record<string, number>> = { tab: 1, down: 1, "shift-tab": -1, up: -1 };
        const by = steps[name];
        if (by !== undefined) {
            change({ candidate: (candidate + by + candidates.length) % candidates.length });
            return true;
        }
        const chosen = candidates[candidate];
        if (name === "enter" && chosen !== undefined) {
            insert(chosen, from, to);
            return true;
        }
        change({ candidates: [] });
        return name === "escape";
    }

    function moveLine(by: -1 | 1): void {
        const { edited, place } = state.get();
        const moved = moveCursorLine(edited, by);
        if (moved !== null) {
            change({ edited: moved });
            return;
        }
        const next = Math.max(0, Math.min(place + by, history.length));
        if (next !== place) {
            const text = history[next] ?? "";
            change({ edited: { text, cursor: text.length }, place: next, error: null });
            keepDraft(text);
        }
    }

    function takeKey(name: string, event: InputEvent): boolean {
        if (state.get().candidates.length > 0 && takeChoice(name)) {
            return true;
        }
        switch (name) {
            case "enter":
                if (state.get().edited.text.trim() === "") {
                    app.say("Write a SELECT first; Tab completes names.", "warned");
                } else {
                    change({ error: null });
                    void check.load();
                }
                return true;
            case "tab":
                complete();
                return true;
            case "up":
                moveLine(-1);
                return true;
            case "down":
                moveLine(1);
                return true;
            case "ctrl-o":
            case "alt-enter":
                edit(insertText(state.get().edited, "\n"));
                return true;
            case "escape":
                return check.cancel();
            default: {
                const next = editOrNull(state.get().edited, event);
                if (next !== null) {
                    if (next.text === state.get().edited.text) {
                        change({ edited: next });
                    } else {
                        edit(next);
                        suggest();
                    }
                }
                return next !== null;
            }
        }
    }

    /** The completions, and what is wrong or goes on, below what is written. */
    function formatBelow(columns: number, hasPlace: boolean): readonly string[] {
        const theme = app.theme.get();
        const { edited, candidates, candidate, error } = state.get();
        const first = Math.max(0, candidate - shownCandidates + 1);
        const list = candidates.slice(first, first + shownCandidates).map((each, index) => {
            const text = `${fitText(each.text, columns - 30)}  ${fitText(each.detail === "" ? each.kind : each.detail, 26)}`;
            return markSelected(text, first + index === candidate, columns, theme);
        });
        if (check.get().isLoading) {
            const doing = check.describe("Planning").replace("x cancels", "esc cancels");
            return [...list, theme.style("running", fitText(doing, columns))];
        }
        if (error !== null) {
            const meant = nameMeantOrNull(error.error, catalogue());
            return [
                ...list,
                ...formatErrorLines(error.error, columns, theme, !hasPlace),
                ...(meant === null ? [] : [theme.style("accent", fitText(`  Did you mean ${meant}?`, columns))]),
            ];
        }
        return edited.text === ""
            ? [...list, theme.style("dim", "One SELECT, WITH, VALUES or TABLE. It is read only, whatever it says.")]
            : list;
    }

    function renderPrompt({ columns, rows }: TerminalSize): ReactNode {
        const theme = app.theme.get();
        const { edited, error } = state.get();
        const offset = error === null ? null : offsetOfError(error.error, error.sql);
        const place = error === null || offset === null ? null : { offset, message: error.error.message };
        const { lines, cursor } = formatSqlEditor(edited, place, columns, theme);
        const below = formatBelow(columns, place !== null).slice(0, Math.max(3, rows - 3));
        const room = Math.max(1, rows - below.length - 1);
        const top = Math.max(0, Math.min(cursor.row - room + 2, lines.length - room));
        return (
            <Box flexDirection="column">
                <CursorBox cursor={{ row: cursor.row - top, column: cursor.column }}>
                    <Box height={room} flexDirection="column">
                        <Painted lines={lines.slice(top, top + room)} />
                    </Box>
                </CursorBox>
                <Styled role="dim">{theme.symbols.rule.repeat(columns)}</Styled>
                <Painted lines={below} />
            </Box>
        );
    }

    return {
        title: "SQL",
        size: { columns: 100, rows: 20 },
        changes: [state, check],
        hints: [
            ["⏎", "run"],
            ["^O", "new line"],
            ["tab", "complete"],
            ["↑↓", "history"],
            ["esc", "close (the text stays)"],
        ],
        render: renderPrompt,
        takeInput: (event) => {
            if (event.kind === "mouse") {
                return true;
            }
            return takeKey(event.kind === "key" ? event.name : "", event);
        },
        onClose: () => {
            endWatch();
            check.cancel();
        },
    };
}

const undefinedTable = "42P01";

/** The relation that a statement probably means by a name that is none; null where none is near. */
export function nameMeantOrNull(error: Error, catalogue: readonly CatalogueRelation[]): string | null {
    const [, given] = /"([^"]+)"/.exec(error.message) ?? [];
    if (!(error instanceof StatementError) || error.sqlState !== undefinedTable || given === undefined) {
        return null;
    }
    const bare = given.split(".").at(-1) ?? given;
    // What a person asks for is a model or source, before what is made for us.
    const known = catalogue.filter(({ name }) => !name.includes("__"));
    const nearest = nearestNameOrNull(
        bare,
        known.map(({ name }) => name),
    );
    const found = known.find(({ name }) => name === bare) ?? known.find(({ name }) => name === nearest);
    return found === undefined ? null : `${formatIdentifier(found.schema)}.${formatIdentifier(found.name)}`;
}

function replace(text: string, from: number, to: number, added: string): EditedText {
    return { text: text.slice(0, from) + added + text.slice(to), cursor: from + added.length };
}

function insertText({ text, cursor }: EditedText, added: string): EditedText {
    return replace(text, cursor, cursor, added);
}

function commonPrefix(texts: readonly string[]): string {
    const [first = "", ...others] = texts;
    let length = first.length;
    for (const other of others) {
        while (!other.startsWith(first.slice(0, length))) {
            length--;
        }
    }
    return first.slice(0, length);
}

/** The cursor a line up or down; null when there is none. */
function moveCursorLine({ text, cursor }: EditedText, by: -1 | 1): EditedText | null {
    const lines = text.split("\n");
    const before = text.slice(0, cursor);
    const line = before.split("\n").length - 1;
    const target = lines[line + by];
    if (target === undefined) {
        return null;
    }
    const column = before.length - (before.lastIndexOf("\n") + 1);
    const start = lines.slice(0, line + by).reduce((sum, each) => sum + each.length + 1, 0);
    return { text, cursor: start + Math.min(column, target.length) };
}

/** Where in the text PostgreSQL stopped; it counts characters, JavaScript UTF-16 units. */
function offsetOfError(error: Error, text: string): number | null {
    if (!(error instanceof StatementError) || error.position === undefined) {
        return null;
    }
    return Array.from(text)
        .slice(0, error.position - 1)
        .join("").length;
}
