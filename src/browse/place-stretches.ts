import type { ScanDirection, ScanStart } from "./key-segments.js";

/** The first stretch is about a page long, and each longer than the one before: few statements' worth reach any place. */
const firstBlocks = 16;
const growth = 4;
const stretches = 10;

/**
 * Conditions on disjoint stretches of a table, in scan order, each short enough to be sorted at once: no index gives
 * rows in the order of their places, but PostgreSQL reads `ctid >= '(16,0)' and ctid < '(144,0)'` without the rest.
 *
 * @param blocks how long the table was a while ago; only a scan backward from its end asks for it
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
