import type { ReactNode } from "./ink.js";
import type { ActionId, ScreenId } from "./keymap.js";
import type { Room } from "./layout.js";
import type { EditedText } from "./line-editor.js";
import type { Readable } from "../terminal/store.js";
import type { CellPlace } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import type { InputEvent, MouseEvent } from "../terminal/parse-input.js";
import type { Theme } from "./theme.js";

/** What an action does on a screen, and why it cannot just now. */
export interface Handler {
    readonly run: () => void;
    /** A short reason, such as `nothing is selected`; null when it can run. */
    readonly disabledReason?: () => string | null;
    /** What it does just now, for the footer; the binding's title when not given. */
    readonly title?: () => string;
}

export type Handlers = Partial<Record<ActionId, Handler>>;

/** One of the screens: its state lives as long as the program, its picture is a pure function of that. */
export interface Screen {
    readonly id: ScreenId;
    /** Painted again whenever one of these changes. */
    readonly changes: readonly Readable<unknown>[];
    readonly handlers: Handlers;
    /** The line under the tabs: what is shown, styled. */
    readonly title: (width: number) => string;
    /** The lines of the body, styled. The screen may remember the size, for how far a page is. */
    readonly paint: (size: TerminalSize) => readonly string[];
    /** Comes into view, perhaps for a place that another screen sent it to; `isBack`: as it was left. */
    readonly show?: (target: Target, isBack?: boolean) => void;
    readonly hide?: () => void;
    /** Takes keys before any action does, for a screen with a text field of its own; true when it took this one. */
    readonly takeInput?: (event: InputEvent) => boolean;
    /** Where that text is edited, in cells of the body as it was painted last; null while it is not. */
    readonly cursor?: () => CellPlace | null;
    /** The keys of that text, in place of the actions' in the footer; null while it is not edited. */
    readonly hints?: () => readonly Hint[] | null;
    /** A click or the wheel, in cells of the body. */
    readonly click?: (event: MouseEvent) => void;
    /** How much of the terminal it takes: the body between tabs and keys unless told otherwise, the tabs' place too, or all. */
    readonly room?: () => Room;
    /** The smallest terminal that it can be shown in; the usual one when not given. */
    readonly leastSize?: TerminalSize;
    /** What the next start should find again, as JSON. */
    readonly save?: () => unknown;
    readonly restore?: (saved: unknown) => void;
}

/** The screens there are; the slides only when they are presented. */
export type Screens = Readonly<Record<Exclude<ScreenId, "deck">, Screen>> & { readonly deck?: Screen };

/** Where to go. */
export type Target =
    | { readonly screen: "home" }
    | { readonly screen: "models"; readonly modelName?: string; readonly tab?: string }
    /** Without a run: the running or last build. */
    | { readonly screen: "build"; readonly runId?: string }
    | { readonly screen: "tests"; readonly testName?: string }
    /** `beside`: other rows that could be shown in the same place, and these among them. */
    | { readonly screen: "data"; readonly show?: DataTarget; readonly beside?: readonly DataTarget[] }
    /** `isEditing`: in the statement, wherever the cursor was. */
    | { readonly screen: "sql"; readonly isEditing?: boolean }
    | { readonly screen: "lineage"; readonly name?: string; readonly column?: string }
    | { readonly screen: "deck" }
    | { readonly screen: "history"; readonly runId?: string; readonly modelName?: string };

/** What the grid is to show. */
export type DataTarget =
    | {
          readonly kind: "relation";
          readonly schema: string;
          readonly name: string;
          /** A condition in SQL that the rows fulfil. */
          readonly where?: string;
          /** Says why these rows, for the title. */
          readonly title?: string;
          /** The column that the cursor begins on. */
          readonly firstColumn?: string;
          readonly trace?: DataTrace;
      }
    | { readonly kind: "query"; readonly sql: string; readonly title?: string; readonly trace?: DataTrace };

/** Rows that are looked at for where they come from: Enter on one of them goes a step upstream. */
export interface DataTrace {
    /** The model or source whose rows they are, or columns of whose rows. */
    readonly relationName: string;
    /** The column that the question is about; null when it is about the rows. */
    readonly column: string | null;
}

/** Keys and what they do, as the footer shows them. */
export type Hint = readonly [keys: string, title: string];

/** A box above the screen, which takes all keys until it is closed. */
export interface Dialog {
    readonly title: string;
    /** The size it would like; it gets at most what there is. May change with its `changes`. */
    readonly size: TerminalSize;
    /** Drawn again whenever one of these changes. */
    readonly changes?: readonly Readable<unknown>[];
    /** Its keys and what they do, for the footer. */
    readonly hints: readonly Hint[];
    /** Ink's elements for the inside; `size` is the inside's. */
    readonly render: (size: TerminalSize) => ReactNode;
    /** Esc and Ctrl-C close it unless taken here; true when taken. */
    readonly takeInput: (event: InputEvent) => boolean;
    readonly onClose?: () => void;
}

/** A line asked for at the bottom of the screen. */
export interface Question {
    readonly label: string;
    readonly initial?: string;
    /** Called at each change of the text. */
    readonly onChange?: (text: string) => void;
    /** Texts that could stand here, for Tab. */
    readonly complete?: (edited: EditedText) => EditedText | null;
    readonly onSubmit: (text: string) => void;
    /** Esc: undo what `onChange` did. */
    readonly onCancel?: () => void;
}

export type Tone = "plain" | "ok" | "warned" | "failed";

export interface Message {
    readonly text: string;
    readonly tone: Tone;
}

/** What lists, menus and dialogs need of the program around them. */
export interface Host {
    readonly theme: Readable<Theme>;
    readonly size: Readable<TerminalSize>;
    /** Shows another screen. */
    readonly go: (target: Target) => void;
    readonly openDialog: (dialog: Dialog) => void;
    readonly closeDialog: () => void;
    readonly ask: (question: Question) => void;
    /** Says something in the line above the keys, until the next key. */
    readonly say: (text: string, tone?: Tone) => void;
    /** Puts text on the clipboard, or sends it to the terminal for that, and says which. */
    readonly copy: (text: string, what: string) => void;
}
