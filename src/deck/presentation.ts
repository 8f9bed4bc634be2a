import type { Deck } from "./slide.js";

/** The clock of a talk. */
export interface TalkTimer {
    /** Milliseconds since 1970 at which it was started; null while it is stopped. */
    readonly startedAtMs: number | null;
    /** What it had counted before that. */
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

/** What is presented, and who is told of each change of slide. */
export interface Presentation {
    readonly deck: Deck;
    /** Called at each change of the place. */
    readonly tell: (place: PresenterPlace) => void;
}

/** What the timer shows. */
export function countedMs({ startedAtMs, countedMs: before }: TalkTimer, nowMs: number): number {
    return before + (startedAtMs === null ? 0 : Math.max(0, nowMs - startedAtMs));
}
