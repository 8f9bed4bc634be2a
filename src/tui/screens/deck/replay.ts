import type { RecordedRun } from "../../../deck/block-content.js";
import { replayLengthMs } from "./slides/replay-progress.js";

/** How a recorded run is being played. */
export interface Replay {
    readonly recorded: RecordedRun;
    /** What had been played when it was last resumed, or all so far while it stands. */
    readonly playedMs: number;
    /** Milliseconds since 1970; null while it stands. */
    readonly resumedAtMs: number | null;
    /** 1 is as fast as it was. */
    readonly speed: number;
}

const leastSpeed = 1 / 8;
const mostSpeed = 64;

export function startReplay(recorded: RecordedRun, speed: number, nowMs: number): Replay {
    return { recorded, playedMs: 0, resumedAtMs: nowMs, speed };
}

/** How much of the run has been played, never more than all of it. */
export function playedMs({ recorded, playedMs: before, resumedAtMs, speed }: Replay, nowMs: number): number {
    const since = resumedAtMs === null ? 0 : Math.max(0, nowMs - resumedAtMs) * speed;
    return Math.min(before + since, replayLengthMs(recorded));
}

export function isAtEnd(replay: Replay, nowMs: number): boolean {
    return playedMs(replay, nowMs) >= replayLengthMs(replay.recorded);
}

/** Pauses it, lets it go on, or begins anew once it has ended. */
export function toggleReplay(replay: Replay, nowMs: number): Replay {
    if (isAtEnd(replay, nowMs)) {
        return { ...replay, playedMs: 0, resumedAtMs: nowMs };
    }
    return { ...replay, playedMs: playedMs(replay, nowMs), resumedAtMs: replay.resumedAtMs === null ? nowMs : null };
}

/** Goes on from where it is at another speed. */
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
