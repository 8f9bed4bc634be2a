import { formatQuantity } from "../text/format-values.js";
import { makeLinesVisible, widthOf } from "../text/visible-text.js";
import { countedMs, type PresenterPlace } from "./presentation.js";

/** The presenter's view: position and clock, the title, the notes as far as they fit, and the next slide. */
export function formatNotes(
    place: PresenterPlace,
    nowMs: number,
    { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly string[] {
    const notes =
        place.notes === ""
            ? ["(no notes)"]
            : makeLinesVisible(place.notes)
                  .split("\n")
                  .flatMap((line) => wrap(line, columns));
    const left = place.count - place.number;
    const { timer } = place;
    const hint = timer.startedAtMs === null ? " (t starts the clock)" : "";
    const head = [
        ...wrap(`${place.number}/${place.count}   ${formatClock(countedMs(timer, nowMs))}${hint}`, columns),
        "",
        ...wrap(place.title, columns),
        "-".repeat(Math.min(columns, Math.max(1, widthOf(place.title)))),
    ];
    const foot = [
        "",
        ...wrap(place.nextTitle === null ? "This is the last slide." : `Next: ${place.nextTitle}`, columns),
        ...(left > 1 ? [`${formatQuantity(left, "slide")} to come.`] : []),
    ];
    // In a very small terminal the end is cut: the next slide.
    return [...head, ...cut(notes, Math.max(2, rows - head.length - foot.length)), ...foot].slice(0, rows);
}

function cut(notes: readonly string[], rows: number): readonly string[] {
    return notes.length <= rows
        ? notes
        : [...notes.slice(0, rows - 1), `… ${formatQuantity(notes.length - rows + 1, "line")} more`];
}

function formatClock(durationMs: number): string {
    const seconds = Math.floor(durationMs / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function wrap(line: string, width: number): readonly string[] {
    const lines: string[] = [];
    let current = "";
    for (const word of makeLinesVisible(line)
        .split(" ")
        .flatMap((each) => splitWord(each, width))) {
        const longer = current === "" ? word : `${current} ${word}`;
        if (current !== "" && widthOf(longer) > width) {
            lines.push(current);
            current = word;
        } else {
            current = longer;
        }
    }
    return [...lines, current];
}

/** Splits a word that is longer than a line. */
function splitWord(word: string, width: number): readonly string[] {
    const parts = [""];
    for (const character of word) {
        const longer = `${parts.at(-1) ?? ""}${character}`;
        if (widthOf(longer) > width) {
            parts.push(character);
        } else {
            parts[parts.length - 1] = longer;
        }
    }
    return parts;
}
