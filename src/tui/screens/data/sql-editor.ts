import { StatementError } from "../../../database/errors.js";
import { completeSql, type CatalogueRelation, type Completion } from "../../../sql/complete-sql.js";
import { formatIdentifier } from "../../../sql/identifiers.js";
import { nearestNameOrNull } from "../../../text/nearest-name.js";
import type { Hint, Host } from "../../kit/screen.js";
import { editOrNull, type EditedText } from "../../kit/line-editor.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatSqlEditor, type SqlEditorPicture } from "../../kit/lines/sql-editor-lines.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { InputEvent } from "../../terminal/parse-input.js";

export interface SqlEditorOptions {
    /** Earlier statements, the newest last. */
    readonly history: () => readonly string[];
    readonly catalogue: () => readonly CatalogueRelation[];
    readonly run: () => void;
    /** Moves the focus to the rows below. */
    readonly leave: () => void;
}

/** An editor for a statement of several lines, with completion and history. */
export interface SqlEditor extends Readable<unknown> {
    readonly text: () => string;
    readonly setText: (text: string) => void;
    /** Shows an error and puts the cursor at its place; null clears it. */
    readonly setError: (error: Error | null) => void;
    /** Returns true when it has used the event. */
    readonly takeInput: (event: InputEvent) => boolean;
    /** Closes the list of completions. */
    readonly endCompletion: () => void;
    /** At most `rows` lines around the cursor. */
    readonly paint: (size: TerminalSize) => SqlEditorPicture;
    /** The completions of the word at the cursor, drawn over the lines below the statement. */
    readonly paintCandidates: (columns: number) => readonly string[];
    /** The error of the statement. */
    readonly paintError: (columns: number) => readonly string[];
}

interface EditorState {
    readonly edited: EditedText;
    /** The index in the history; null for the statement that is being written. */
    readonly place: number | null;
    readonly candidates: readonly Completion[];
    /** The candidate that Enter takes; -1 for suggestions that nobody has asked for. */
    readonly candidate: number;
    /** The part of the text that a candidate replaces. */
    readonly from: number;
    readonly to: number;
    readonly error: { readonly error: Error; readonly sql: string } | null;
}

/** Suggestions are shown from this many typed letters on. */
const leastTyped = 2;
/** How many completions are in view. */
const shownCandidates = 8;

export const editorHints: readonly Hint[] = [
    ["⏎", "run"],
    ["tab", "complete"],
    ["↑↓", "history"],
    ["^O", "new line"],
    ["esc", "to the rows"],
    ["^P", "commands"],
];

export function makeSqlEditor(
    app: Pick<Host, "theme" | "say">,
    { history, catalogue, run, leave }: SqlEditorOptions,
): SqlEditor {
    const state = makeStore<EditorState>({
        edited: { text: "", cursor: 0 },
        place: null,
        candidates: [],
        candidate: 0,
        from: 0,
        to: 0,
        error: null,
    });
    /** The statement being written before the history was browsed. */
    let draft = "";
    const change = (changes: Partial<EditorState>): void => {
        state.update((before) => ({ ...before, ...changes }));
    };
    const edit = (edited: EditedText): void => {
        change({ edited, candidates: [], error: null });
    };
    const setText = (text: string, place: number | null = null): void => {
        edit({ text, cursor: text.length });
        change({ place });
    };

    /** Shows completions for the word that is being typed. */
    function suggest(): void {
        const { text, cursor } = state.get().edited;
        const { from, to, candidates } = completeSql(text, cursor, catalogue());
        const word = text.slice(from, to);
        const isBegun = word.length >= leastTyped || text[from - 1] === ".";
        const isDone = candidates.length === 1 && candidates[0]?.text.toLowerCase() === word.toLowerCase();
        if (to === cursor && isBegun && !isDone) {
            change({ candidates, candidate: -1, from, to });
        }
    }

    function complete(): void {
        const { edited, error } = state.get();
        const { text, cursor } = edited;
        const meant = error === null ? null : findMeantOrNull(error.error, error.sql, catalogue());
        if (meant !== null) {
            edit(replace(text, meant.from, meant.to, meant.name));
            return;
        }
        const { from, to, candidates } = completeSql(text, cursor, catalogue());
        const [first] = candidates;
        if (first === undefined) {
            app.say("Nothing can be completed here.");
        } else if (candidates.length === 1) {
            edit(replace(text, from, to, first.text));
        } else {
            const prefix = commonPrefix(candidates.map((each) => each.text));
            const isLonger =
                prefix.length > to - from && prefix.toLowerCase().startsWith(text.slice(from, to).toLowerCase());
            const next = isLonger ? replace(text, from, to, prefix) : edited;
            const end = isLonger ? from + prefix.length : to;
            change({ edited: next, candidates, candidate: 0, from, to: end, error: null });
        }
    }

    /** Handles keys while completions are listed; returns false for a key that goes on to the editor. */
    function takeChoice(name: string): boolean {
        const { edited, candidates, candidate, from, to } = state.get();
        if (candidate === -1) {
            // These are only suggestions: every key does the same as without them.
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
            edit(replace(edited.text, from, to, chosen.text));
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
        const known = history();
        const here = place ?? known.length;
        const next = Math.max(0, Math.min(here + by, known.length));
        if (place === null) {
            draft = edited.text;
        }
        if (next !== here) {
            setText(known[next] ?? draft, next === known.length ? null : next);
        }
    }

    function takeKey(name: string, event: InputEvent): boolean {
        if (state.get().candidates.length > 0 && takeChoice(name)) {
            return true;
        }
        switch (name) {
            case "enter":
                run();
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
                leave();
                return true;
            default: {
                const { edited } = state.get();
                const next = editOrNull(edited, event);
                if (next !== null && next.text === edited.text) {
                    change({ edited: next });
                } else if (next !== null) {
                    edit(next);
                    suggest();
                }
                return next !== null;
            }
        }
    }

    return {
        get: state.get,
        subscribe: state.subscribe,
        text: () => state.get().edited.text,
        setText,
        setError: (error) => {
            const { edited } = state.get();
            const offset = error === null ? null : offsetOfError(error, edited.text);
            change({
                error: error === null ? null : { error, sql: edited.text },
                edited: { ...edited, cursor: offset ?? edited.cursor },
                candidates: [],
            });
        },
        takeInput: (event) => event.kind !== "mouse" && takeKey(event.kind === "key" ? event.name : "", event),
        endCompletion: () => {
            change({ candidates: [] });
        },
        paint: ({ columns, rows }) => {
            const { edited, error } = state.get();
            const offset = error === null ? null : offsetOfError(error.error, error.sql);
            const place = error === null || offset === null ? null : { offset, message: error.error.message };
            const { lines, cursor } = formatSqlEditor(edited, place, columns, app.theme.get());
            // Keep the line below the cursor in view: it holds the caret of an error.
            const top = Math.max(0, Math.min(cursor.row - rows + 2, lines.length - rows));
            return { lines: lines.slice(top, top + rows), cursor: { ...cursor, row: cursor.row - top } };
        },
        paintCandidates: (columns) => {
            const { candidates, candidate } = state.get();
            const first = Math.max(0, candidate - shownCandidates + 1);
            return candidates.slice(first, first + shownCandidates).map(({ text, kind, detail }, index) => {
                const line = `${fitText(text, columns - 30)}  ${fitText(detail === "" ? kind : detail, 26)}`;
                return markSelected(line, first + index === candidate, columns, app.theme.get());
            });
        },
        paintError: (columns) => {
            const { error } = state.get();
            const theme = app.theme.get();
            if (error === null) {
                return [];
            }
            const meant = findMeantOrNull(error.error, error.sql, catalogue());
            const isPlaced = offsetOfError(error.error, error.sql) !== null;
            return [
                ...formatErrorLines(error.error, columns, theme, !isPlaced),
                ...(meant === null
                    ? []
                    : [theme.style("accent", fitText(`  Did you mean ${meant.name}? Tab writes it.`, columns))]),
            ];
        },
    };
}

/** The name that was probably meant, and the place of the unknown name that it replaces. */
export interface MeantName {
    readonly name: string;
    readonly from: number;
    readonly to: number;
}

const undefinedTable = "42P01";
const qualifiedName = /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$]+))*/u;

/** The relation that a statement probably means by an unknown name; null when no name is similar. */
export function findMeantOrNull(error: Error, sql: string, catalogue: readonly CatalogueRelation[]): MeantName | null {
    const from = offsetOfError(error, sql);
    if (!(error instanceof StatementError) || error.sqlState !== undefinedTable || from === null) {
        return null;
    }
    const [written = ""] = qualifiedName.exec(sql.slice(from)) ?? [];
    const plain = written.replaceAll(/\s|"/g, "");
    // When a relation is missing in FROM, the position is that of its column (`x.y`), while the message names only `x`.
    if (!error.message.toLowerCase().includes(`"${plain.toLowerCase()}"`)) {
        return null;
    }
    const bare = plain.split(".").at(-1) ?? plain;
    // Suggest only models and sources, and not the views that stardeck makes for itself (`…__select`).
    const known = catalogue.filter(({ name }) => !name.includes("__"));
    const nearest = nearestNameOrNull(
        bare,
        known.map(({ name }) => name),
    );
    const found = known.find(({ name }) => name === bare.toLowerCase()) ?? known.find(({ name }) => name === nearest);
    return found === undefined
        ? null
        : {
              name: `${formatIdentifier(found.schema)}.${formatIdentifier(found.name)}`,
              from,
              to: from + written.length,
          };
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

/** The text with the cursor a line up or down; null when there is no such line. */
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

/** The place of an error in the text, converted from PostgreSQL's characters to JavaScript's UTF-16 units; null when there is none. */
function offsetOfError(error: Error, text: string): number | null {
    if (!(error instanceof StatementError) || error.position === undefined) {
        return null;
    }
    return Array.from(text)
        .slice(0, error.position - 1)
        .join("").length;
}
