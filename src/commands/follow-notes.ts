import { setTimeout as pause } from "node:timers/promises";
import { formatNotes } from "../deck/format-notes.js";
import { findNotes, isDemoGoingOn, readNotesOrNull } from "../deck/notes-file.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import type { Output } from "./output.js";

const lookEveryMs = 150;
/**
 * Shows the notes to the slide that another terminal presents, until the demo ends: in a terminal as a page, otherwise as lines, once
 * for each slide.
 */
export async function followNotes(output: Output, signal: AbortSignal): Promise<ExitCode> {
    const folder = await findNotes();
    const page = output.width !== undefined && !output.isJson ? output.openPage() : null;
    let last = "";
    try {
        while (!signal.aborted) {
            const place = await readNotesOrNull(folder);
            if (place === null && (last !== "" || !isDemoGoingOn(folder))) {
                break;
            }
            if (place !== null) {
                const { width = 80, height = Infinity } = output;
                // Leave the last row empty, so that the page does not scroll.
                const lines = formatNotes(place, Date.now(), {
                    columns: width,
                    rows: page !== null ? height - 1 : Infinity,
                });
                const key = page !== null ? [width, height, ...lines].join("\n") : `${place.number}`;
                if (key !== last) {
                    last = key;
                    if (page !== null) {
                        page.draw(lines);
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
        page?.close();
    }
    output.talk("The demo has ended.");
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}
