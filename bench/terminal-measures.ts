import { readFileSync } from "node:fs";
import type { StoryTerminal } from "../tests/stories/story-terminal.js";

const endOfFrame = "\u001b[?2026l";

/** How long after the start of the terminal the program had drawn its first frame. */
export async function measureFirstFrame(terminal: StoryTerminal): Promise<number> {
    await waitForFrameSince(terminal, 0);
    return frameSince(terminal, 0) ?? NaN;
}

/** How long after the start of the terminal the screen showed the text. */
export async function measureUntilShown(terminal: StoryTerminal, text: string): Promise<number> {
    await terminal.waitFor(text);
    return terminal.events().at(-1)?.atMs ?? NaN;
}

/** From pressing a key to the end of the frame that shows something else than before. */
export async function measureKey(terminal: StoryTerminal, key: string): Promise<number> {
    const before = terminal.screen().join("\n");
    const start = terminal.events().length;
    terminal.press(key);
    await terminal.waitFor((screen) => frameSince(terminal, start) !== null && screen.join("\n") !== before);
    return (frameSince(terminal, start) ?? NaN) - (terminal.events()[start]?.atMs ?? NaN);
}

/**
 * From the event with this index (a key, or 0 for the start of the terminal) to the end of the frame that shows what it
 * should.
 */
export async function measureUntilFrame(
    terminal: StoryTerminal,
    start: number,
    isThere: (screen: readonly string[]) => boolean,
): Promise<number> {
    await terminal.waitFor((screen) => frameSince(terminal, start) !== null && isThere(screen));
    return (frameSince(terminal, start) ?? NaN) - (start === 0 ? 0 : (terminal.events()[start]?.atMs ?? NaN));
}

/** From pressing a key until the screen is as it should be. */
export async function measureUntil(
    terminal: StoryTerminal,
    key: string,
    isThere: (screen: readonly string[]) => boolean,
): Promise<number> {
    const started = performance.now();
    terminal.press(key);
    await terminal.waitFor(isThere, { timeoutMs: 600_000 });
    return performance.now() - started;
}

function waitForFrameSince(terminal: StoryTerminal, start: number): Promise<void> {
    return terminal.waitFor(() => frameSince(terminal, start) !== null);
}

/** When the last frame ended that came after the event with this index; null while there is none. */
function frameSince(terminal: StoryTerminal, start: number): number | null {
    const frames = terminal.events().slice(start);
    return frames.findLast(({ kind, text }) => kind === "output" && text.includes(endOfFrame))?.atMs ?? null;
}

/** What the program has used since it started; 0 where the operating system does not tell as Linux does. */
export function readUsage(pid: number): { readonly cpuMs: number; readonly memoryMiB: number } {
    try {
        // Fields 14 and 15 of proc(5), in ticks of 10 ms, counted from after the name in brackets, which is field 2.
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
            .replace(/^.*\) /, "")
            .split(" ");
        const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, memoryMiB: Number(resident) / 1024 };
    } catch {
        return { cpuMs: 0, memoryMiB: 0 };
    }
}

/** The value that so many of a hundred do not exceed. */
export function percentile(values: readonly number[], share: number): number {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.min(Math.ceil((share / 100) * sorted.length), sorted.length) - 1] ?? NaN;
}
