import type { RecordedRun } from "../../../deck/block-content.js";
import { replayLengthMs } from "./slides/replay-progress.js";

/** The state of playing a recorded run. */
export interface Replay {
    readonly recorded: RecordedRun;
    /** The time played up to the last start, pause or change of speed. */
    readonly playedMs: number;
    /** When it was last resumed, in milliseconds since 1970; null while it is paused. */
    readonly resumedAtMs: number | null;
    /** 1 is the speed of the run itself. */
    readonly speed: number;
}

const leastSpeed = 1 / 8;
const mostSpeed = 64;

export function startReplay(recorded: RecordedRun, speed: number, nowMs: number): Replay {
    return { recorded, playedMs: 0, resumedAtMs: nowMs, speed };
}

/** How much of the run has been played, at most its whole length. */
export function playedMs({ recorded, playedMs: before, resumedAtMs, speed }: Replay, nowMs: number): number {
    const since = resumedAtMs === null ? 0 : Math.max(0, nowMs - resumedAtMs) * speed;
    return Math.min(before + since, replayLengthMs(recorded));
}

export function isAtEnd(replay: Replay, nowMs: number): boolean {
    return playedMs(replay, nowMs) >= replayLengthMs(replay.recorded);
}

/** Pauses or resumes the replay, or starts it again once it has ended. */
export function toggleReplay(replay: Replay, nowMs: number): Replay {
    if (isAtEnd(replay, nowMs)) {
        return { ...replay, playedMs: 0, resumedAtMs: nowMs };
    }
    return { ...replay, playedMs: playedMs(replay, nowMs), resumedAtMs: replay.resumedAtMs === null ? nowMs : null };
}

/** Changes the speed without changing the position. */
export function changeSpeed(replay: Replay, factor: number, nowMs: number): Replay {
    return {
        ...replay,
        playedMs: playedMs(replay, nowMs),
        resumedAtMs: replay.resumedAtMs === null ? null : nowMs,
        speed: Math.max(leastSpeed, Math.min(replay.speed * factor, mostSpeed)),
    };
}

/** `2×`, `½×` */
export function formatSpeed({ speed }: Replay): string {
    const fractions: Readonly<Record<string, string>> = { "0.5": "½", "0.25": "¼", "0.125": "⅛" };
    return `${fractions[String(speed)] ?? String(speed)}×`;
}
