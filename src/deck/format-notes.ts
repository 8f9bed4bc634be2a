import { formatQuantity } from "../explore/format-values.js";
import { makeLinesVisible, widthOf } from "../explore/visible-text.js";
import { countedMs, type PresenterPlace } from "./presentation.js";

/** What the presenter reads: where the talk is, the notes, what comes next. */
export function formatNotes(place: PresenterPlace, nowMs: number, width: number): readonly string[] {
    const notes =
        place.notes === ""
            ? ["(no notes)"]
            : makeLinesVisible(place.notes)
                  .split("\n")
                  .flatMap((line) => wrap(line, width));
    const left = place.count - place.number;
    return [
        `${place.number}/${place.count}   ${formatClock(countedMs(place.timer, nowMs))}${place.timer.startedAtMs === null ? " (t starts the clock)" : ""}`,
        "",
        ...wrap(place.title, width),
        "-".repeat(Math.min(width, Math.max(1, widthOf(place.title)))),
        ...notes,
        "",
        ...wrap(place.nextTitle === null ? "This is the last slide." : `Next: ${place.nextTitle}`, width),
        ...(left > 1 ? [`${formatQuantity(left, "slide")} to come.`] : []),
    ];
}

function formatClock(durationMs: number): string {
    const seconds = Math.floor(durationMs / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function wrap(line: string, width: number): readonly string[] {
    const lines: string[] = [];
    let current = "";
    for (const word of makeLinesVisible(line).split(" ")) {
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
