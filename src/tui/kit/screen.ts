import type { ReactNode } from "./ink.js";
import type { ActionId, ScreenId } from "./keymap.js";
import type { Room } from "./layout.js";
import type { EditedText } from "./line-editor.js";
import type { Readable } from "../terminal/store.js";
import type { CellPlace } from "../terminal/compose-frame.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import type { InputEvent, MouseEvent } from "../terminal/parse-input.js";
import type { Theme } from "./theme.js";

/** What an action does on a screen, and why it cannot run now. */
export interface Handler {
    readonly run: () => void;
    /** A short reason, such as `nothing is selected`; null when it can run. */
    readonly disabledReason?: () => string | null;
    /** What it does now, for the footer; the binding's title when not given. */
    readonly title?: () => string;
}

export type Handlers = Partial<Record<ActionId, Handler>>;

/** One of the screens. Its state lives as long as the program; what it paints is a pure function of that state. */
export interface Screen {
    readonly id: ScreenId;
    /** Painted again whenever one of these changes. */
    readonly changes: readonly Readable<unknown>[];
    readonly handlers: Handlers;
    /** The line under the tabs: what is shown, styled. */
    readonly title: (width: number) => string;
    /** The lines of the body, styled. The screen may remember the size, to know the length of a page. */
    readonly paint: (size: TerminalSize) => readonly string[];
    /** Called when the screen comes into view, perhaps for a target from another screen; `isBack`: show it as it was left. */
    readonly show?: (target: Target, isBack?: boolean) => void;
    readonly hide?: () => void;
    /** Gets input before any action does, for a screen with its own text field; returns true when it has used it. */
    readonly takeInput?: (event: InputEvent) => boolean;
    /** The cursor of that text field, in cells of the body as painted last; null while no text is edited. */
    readonly cursor?: () => CellPlace | null;
    /** The keys of that text field, which replace the actions in the footer; null while no text is edited. */
    readonly hints?: () => readonly Hint[] | null;
    /** A click or the wheel, in cells of the body. */
    readonly click?: (event: MouseEvent) => void;
    /** The part of the terminal that it takes; `body` when not given. */
    readonly room?: () => Room;
    /** The smallest terminal that can show it; the usual minimum when not given. */
    readonly leastSize?: TerminalSize;
    /** The state to restore at the next start, as JSON. */
    readonly save?: () => unknown;
    readonly restore?: (saved: unknown) => void;
}

/** All screens; the deck only while slides are presented. */
export type Screens = Readonly<Record<Exclude<ScreenId, "deck">, Screen>> & { readonly deck?: Screen };

/** Where to go. */
export type Target =
    | { readonly screen: "home" }
    | { readonly screen: "models"; readonly modelName?: string; readonly tab?: string }
    /** Without `runId`: the running or last build. */
    | { readonly screen: "build"; readonly runId?: string }
    | { readonly screen: "tests"; readonly testName?: string }
    /** `beside`: the choices that could be shown in the same place, these rows included. */
    | { readonly screen: "data"; readonly show?: DataTarget; readonly beside?: readonly DataTarget[] }
    /** `isEditing`: puts the focus into the statement. */
    | { readonly screen: "sql"; readonly isEditing?: boolean }
    | { readonly screen: "lineage"; readonly name?: string; readonly column?: string }
    | { readonly screen: "deck" }
    | { readonly screen: "history"; readonly runId?: string; readonly modelName?: string };

/** The rows that the grid shows. */
export type DataTarget =
    | {
          readonly kind: "relation";
          readonly schema: string;
          readonly name: string;
          /** A condition in SQL that the rows fulfil. */
          readonly where?: string;
          /** Says in the title why these rows are shown. */
          readonly title?: string;
          /** The column that the cursor begins on. */
          readonly firstColumn?: string;
          readonly trace?: DataTrace;
      }
    | { readonly kind: "query"; readonly sql: string; readonly title?: string; readonly trace?: DataTrace };

/** A trace of where rows come from: Enter on one of them goes a step upstream. */
export interface DataTrace {
    /** The model or source that the rows, or some of their columns, belong to. */
    readonly relationName: string;
    /** The column that is traced; null when whole rows are. */
    readonly column: string | null;
}

/** Keys and what they do, as the footer shows them. */
export type Hint = readonly [keys: string, title: string];

/** A box above the screen, which takes all keys until it is closed. */
export interface Dialog {
    readonly title: string;
    /** The wished size; the terminal limits it. It may change with `changes`. */
    readonly size: TerminalSize;
    /** Drawn again whenever one of these changes. */
    readonly changes?: readonly Readable<unknown>[];
    /** Its keys and what they do, for the footer. */
    readonly hints: readonly Hint[];
    /** The Ink elements inside the frame; `size` is the size of that inside. */
    readonly render: (size: TerminalSize) => ReactNode;
    /** Returns true when it has used the event. Esc and Ctrl-C close the dialog unless they are used here. */
    readonly takeInput: (event: InputEvent) => boolean;
    readonly onClose?: () => void;
}

/** A line asked for at the bottom of the screen. */
export interface Question {
    readonly label: string;
    readonly initial?: string;
    /** Called at each change of the text. */
    readonly onChange?: (text: string) => void;
    /** Completes the text when Tab is pressed; null when it cannot. */
    readonly complete?: (edited: EditedText) => EditedText | null;
    readonly onSubmit: (text: string) => void;
    /** Called by Esc: undoes what `onChange` did. */
    readonly onCancel?: () => void;
}

export type Tone = "plain" | "ok" | "warned" | "failed";

export interface Message {
    readonly text: string;
    readonly tone: Tone;
}

/** The part of the program that lists, menus and dialogs need. */
export interface Host {
    readonly theme: Readable<Theme>;
    readonly size: Readable<TerminalSize>;
    /** Shows another screen. */
    readonly go: (target: Target) => void;
    readonly openDialog: (dialog: Dialog) => void;
    readonly closeDialog: () => void;
    readonly ask: (question: Question) => void;
    /** Shows a message in the line above the keys, until the next key. */
    readonly say: (text: string, tone?: Tone) => void;
    /** Puts text on the clipboard, or asks the terminal to, and says which of the two it did. */
    readonly copy: (text: string, what: string) => void;
}
