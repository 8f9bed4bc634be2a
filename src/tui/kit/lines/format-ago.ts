import { formatQuantity } from "../../../text/format-values.js";

/** How long ago: `just now`, `2 min ago`, `3 h ago`, `5 days ago`. */
export function formatAgo(timeMs: number, nowMs: number): string {
    const seconds = Math.max(0, (nowMs - timeMs) / 1000);
    if (seconds < 45) {
        return "just now";
    }
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) {
        return `${minutes} min ago`;
    }
    const hours = Math.round(minutes / 60);
    return hours < 36 ? `${hours} h ago` : `${formatQuantity(Math.round(hours / 24), "day")} ago`;
}

/** Like `formatAgo`, but shorter: `now`, `2 min`, `3 h`, `633 days`. */
export function formatAge(timeMs: number, nowMs: number): string {
    return formatAgo(timeMs, nowMs).replace(/^just | ago$/g, "");
}

/** A duration as a clock shows it: `0:04`, `12:30`, `1:02:03`. */
export function formatClock(durationMs: number): string {
    const seconds = Math.floor(Math.max(0, durationMs) / 1000);
    const two = (value: number): string => String(value).padStart(2, "0");
    const minutes = Math.floor(seconds / 60);
    return minutes < 60
        ? `${minutes}:${two(seconds % 60)}`
        : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
