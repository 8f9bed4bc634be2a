import type { MouseAction } from "./keys.js";
import type { ScreenCell } from "./screen.js";

export interface TerminalOptions {
    /** 80 when not given. */
    readonly columns?: number;
    /** 24 when not given. */
    readonly rows?: number;
    /** What is handed to stardeck. */
    readonly arguments?: readonly string[];
    /** Another program to run, instead of the built stardeck. */
    readonly program?: readonly string[];
    /** Added to an environment that holds what any terminal sets and nothing else; undefined takes a variable away. */
    readonly environment?: Readonly<Record<string, string | undefined>>;
    /** Where the program is started. */
    readonly workingFolder: string;
    /** What the terminal answers when asked for its background, as `#rrggbb`; null (not given) for one that does not answer. */
    readonly background?: string | null;
    /** False for a program that takes the place of its shell, so that nobody can continue it once it is stopped. */
    readonly hasJobControl?: boolean;
    /** How long `waitFor` and `exit` wait when they are not told; 60 s when not given. */
    readonly timeoutMs?: number;
}

export type Condition = string | RegExp | ((screen: readonly string[]) => boolean);

/** What a terminal remembers of what programs asked it for. */
export interface TerminalModes {
    readonly isAlternateScreen: boolean;
    readonly isCursorVisible: boolean;
    readonly isWrapping: boolean;
    readonly isMouseReported: boolean;
    readonly isPasteBracketed: boolean;
    readonly isFocusReported: boolean;
    /** Whether the shell, when it had the terminal back, found it reading lines with echo. */
    readonly isLineInput: boolean;
}

/** The modes of a terminal that a program has left as it found it. */
export const restoredModes: TerminalModes = {
    isAlternateScreen: false,
    isCursorVisible: true,
    isWrapping: true,
    isMouseReported: false,
    isPasteBracketed: false,
    isFocusReported: false,
    isLineInput: true,
};

/** What happened, in order: output, input or a new size, and how long after the start. */
export interface TerminalEvent {
    readonly kind: "output" | "input" | "resize";
    readonly atMs: number;
    readonly text: string;
}

/** A program in a pseudo-terminal, and the terminal that shows it. */
export interface StoryTerminal {
    /** Presses keys: names like `down`, `enter`, `ctrl-p`; anything else is typed. `esc` ends a call: see what it does first. */
    press(...keys: readonly string[]): void;
    /** Types text, also text that happens to be the name of a key. */
    type(text: string): void;
    /** Pastes text, in brackets if the program has asked for them. */
    paste(text: string): void;
    /** Sends a report of the mouse; row and column count from 0. */
    mouse(action: MouseAction, row: number, column: number): void;
    resize(columns: number, rows: number): void;
    /**
     * Resolves as soon as the screen shows the text, matches the pattern (lines joined by `\n`) or satisfies the function.
     * Never looks at half a frame.
     *
     * @throws Error that shows the screen, when the time is over or the program has ended without it.
     */
    waitFor(condition: Condition, options?: { readonly timeoutMs?: number }): Promise<void>;
    /** The rows that a person sees, without the blanks at their ends. */
    screen(): readonly string[];
    /** The lines of the normal screen and of what has scrolled out of it; the first is the command that a person has typed. */
    history(): readonly string[];
    cell(row: number, column: number): ScreenCell;
    /** The cell of the terminal's cursor, from 0; null while it is hidden. */
    cursor(): { readonly row: number; readonly column: number } | null;
    modes(): TerminalModes;
    /** Everything that the program has sent so far. */
    bytes(): string;
    events(): readonly TerminalEvent[];
    /** The program's process id. */
    pid(): number;
    signal(signal: NodeJS.Signals): void;
    /** Takes the terminal away, as a cut connection does; resolves when the program has ended. */
    hangUp(): Promise<void>;
    /** Resolves with the program's exit code (128 + signal when one has ended it) once it has ended by itself. */
    exit(): Promise<number>;
    /** Ends the program if it still runs, and forgets the terminal. */
    close(): Promise<void>;
    readonly columns: number;
    readonly rows: number;
}
