import type { TerminalEvent } from "../../tests/stories/story-terminal.js";

export interface CastOptions {
    readonly title: string;
    readonly columns: number;
    readonly rows: number;
    /** After which events a viewer gets time to read. */
    readonly restAfter: ReadonlySet<number>;
    readonly restMs: number;
    /** What took longer is shown as if it had taken so long. */
    readonly longestGapMs: number;
}

/** A recording for asciinema (https://docs.asciinema.org/manual/asciicast/v2/). */
export function formatCast(events: readonly TerminalEvent[], options: CastOptions): string {
    const header = { version: 2, width: options.columns, height: options.rows, title: options.title };
    const lines: string[] = [JSON.stringify(header)];
    let atMs = 0;
    let previousMs = 0;
    events.forEach((event, index) => {
        atMs += Math.min(event.atMs - previousMs, options.longestGapMs);
        previousMs = event.atMs;
        if (event.kind !== "input") {
            const kind = event.kind === "output" ? "o" : "r";
            lines.push(JSON.stringify([Math.round(atMs) / 1000, kind, event.text]));
        }
        atMs += options.restAfter.has(index) ? options.restMs : 0;
    });
    return `${lines.join("\n")}\n`;
}
