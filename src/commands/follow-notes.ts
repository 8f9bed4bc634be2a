import { setTimeout as pause } from "node:timers/promises";
import { formatNotes } from "../deck/format-notes.js";
import { findNotes, isDemoGoingOn, readNotesOrNull } from "../deck/notes-file.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import type { Output } from "./output.js";

const lookEveryMs = 150;
// To the upper left, and at the end everything below goes: what is there already is written over and does not flicker.
const sequences = {
    enter: "\x1b[?1049h\x1b[?25l",
    leave: "\x1b[?25h\x1b[?1049l",
    home: "\x1b[H",
    endOfLine: "\x1b[K",
    below: "\x1b[J",
};

/**
 * Shows the notes to the slide that is presented on another terminal, until the demo ends: as a page in a terminal, else as
 * lines, once for each slide.
 */
export async function followNotes(output: Output, signal: AbortSignal): Promise<ExitCode> {
    const folder = await findNotes();
    const isPage = output.width !== undefined && !output.isJson;
    let last = "";
    if (isPage) {
        output.page(sequences.enter);
    }
    try {
        while (!signal.aborted) {
            const place = await readNotesOrNull(folder);
            if (place === null && (last !== "" || !isDemoGoingOn(folder))) {
                break;
            }
            if (place !== null) {
                const { width = 80, height = Infinity } = output;
                // The last row stays empty: the page must not scroll.
                const lines = formatNotes(place, Date.now(), { columns: width, rows: isPage ? height - 1 : Infinity });
                const key = isPage ? [width, height, ...lines].join("\n") : `${place.number}`;
                if (key !== last) {
                    last = key;
                    if (isPage) {
                        output.page(
                            sequences.home +
                                lines.map((line) => `${line}${sequences.endOfLine}\r\n`).join("") +
                                sequences.below,
                        );
                    } else if (output.isJson) {
                        output.record({ type: "slide", ...place });
                    } else {
                        for (const line of [...lines, ""]) {
                            output.line(line);
                        }
                    }
                }
            }
            await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
        }
    } finally {
        if (isPage) {
            output.page(sequences.leave);
        }
    }
    output.talk("The demo has ended.");
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}
