import type { DataTarget } from "../../kit/screen.js";
import type { TraceTrail } from "./trace-line.js";
import type { OpenGrid } from "./open-grids.js";

/** The steps upstream that led to the rows on top, and the choices beside them; null when there are none of both. */
export function findTrailOrNull(all: readonly OpenGrid[]): TraceTrail | null {
    const trail = all.slice(
        Math.max(
            0,
            all.findLastIndex(({ isStep }) => !isStep),
        ),
    );
    const top = trail.at(-1);
    if (top === undefined || (trail.length < 2 && top.beside.length < 2)) {
        return null;
    }
    const here = top.beside.length === 0 ? [top.target] : top.beside;
    return {
        before: trail.slice(0, -1).map(({ target }) => nameTarget(target)),
        here: here.map(nameTarget),
        chosen: here.indexOf(top.target),
    };
}

function nameTarget(target: DataTarget): string {
    return target.kind === "relation" ? target.name : (target.title ?? "query");
}
