import type { Deck } from "./slide.js";

/** The clock of a talk. */
export interface TalkTimer {
    /** When it was started, in milliseconds since 1970; null while it is stopped. */
    readonly startedAtMs: number | null;
    /** The time counted before that. */
    readonly countedMs: number;
}

/** Which slide is presented, for the notes on a second terminal. */
export interface PresenterPlace {
    /** From 1. */
    readonly number: number;
    readonly count: number;
    readonly title: string;
    readonly notes: string;
    /** Null on the last slide. */
    readonly nextTitle: string | null;
    readonly timer: TalkTimer;
}

/** The presented deck, and a callback for the presenter's place. */
export interface Presentation {
    readonly deck: Deck;
    /** Called at each change of the place. */
    readonly tell: (place: PresenterPlace) => void;
}

/** The time that the timer shows. */
export function countedMs({ startedAtMs, countedMs: before }: TalkTimer, nowMs: number): number {
    return before + (startedAtMs === null ? 0 : Math.max(0, nowMs - startedAtMs));
}
