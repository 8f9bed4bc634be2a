import type { ScanDirection, ScanStart } from "./key-segments.js";

/** The first stretch is about a page long and each further one is longer, so that few stretches reach any place. */
const firstBlocks = 16;
const growth = 4;
const stretches = 10;

/**
 * Conditions on disjoint stretches of a table, in scan order, each short enough to sort quickly: no index gives rows in the
 * order of their places, but for `ctid >= '(16,0)' and ctid < '(144,0)'` PostgreSQL reads only this part.
 *
 * @param blocks the length of the table when it was opened; used only by a backward scan from its end
 */
export function buildPlaceStretches(
    start: ScanStart | null,
    direction: ScanDirection,
    blocks: number,
): readonly string[] {
    const place = start === null ? null : parsePlace(start.values[0] ?? null);
    return direction === "forward"
        ? buildForward(place, start?.includesRow === true)
        : buildBackward(place, start?.includesRow === true, blocks);
}

interface Place {
    readonly text: string;
    readonly block: number;
}

function parsePlace(text: string | null): Place {
    const block = /^\((\d+),\d+\)$/.exec(text ?? "")?.[1];
    return block === undefined ? { text: "(0,0)", block: 0 } : { text: text ?? "", block: Number(block) };
}

function buildForward(place: Place | null, includesPlace: boolean): readonly string[] {
    const first = place === null ? null : `ctid ${includesPlace ? ">=" : ">"} '${place.text}'`;
    const built: string[] = [];
    let from = place?.block ?? 0;
    let lower = first ?? "ctid >= '(0,0)'";
    let length = firstBlocks;
    for (let count = 1; count < stretches; count++) {
        built.push(`${lower} and ctid < '(${from + length},0)'`);
        from += length;
        lower = `ctid >= '(${from},0)'`;
        length *= growth;
    }
    return [...built, lower];
}

function buildBackward(place: Place | null, includesPlace: boolean, blocks: number): readonly string[] {
    const built: string[] = [];
    let from = place === null ? blocks : place.block;
    let upper = place === null ? null : `ctid ${includesPlace ? "<=" : "<"} '${place.text}'`;
    let length = firstBlocks;
    while (from > 0) {
        from = Math.max(0, from - length);
        built.push([...(upper === null ? [] : [upper]), `ctid >= '(${from},0)'`].join(" and "));
        upper = `ctid < '(${from},0)'`;
        length *= growth;
    }
    return built.length > 0 ? built : [upper ?? "ctid >= '(0,0)'"];
}
