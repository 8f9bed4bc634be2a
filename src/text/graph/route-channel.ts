/** The lines from one item to those after it, through the space between two layers. */
export interface Net {
    /** Index of the item. */
    readonly item: number;
    readonly from: number;
    /** Rows of the items it leads to. */
    readonly to: readonly number[];
}

/** The vertical part of a net. */
export interface Track {
    /** Its number in the channel, from 0. */
    readonly column: number;
    /** The row where the net enters. */
    readonly from: number;
    /** The rows where the net leaves. */
    readonly to: readonly number[];
}

export interface Channel {
    /** By the net's item. A straight net has no track; one that has to step aside to a free row has two. */
    readonly tracks: ReadonlyMap<number, readonly Track[]>;
    readonly trackCount: number;
}

/** A net, or one of the two parts of a net that steps aside. */
interface Part extends Net {
    readonly top: number;
    readonly bottom: number;
    readonly isWhole: boolean;
}

/**
 * Chooses the columns in which the nets of a channel go up and down, so that no two nets overlap: when one net enters in the
 * row where another leaves, the first must turn in an earlier column. When nets would have to turn before each other, one of
 * them steps aside to a free row.
 */
export function routeChannel(nets: readonly Net[]): Channel {
    const parts = nets.filter(({ from, to }) => to.some((row) => row !== from)).map((net) => makePart(net, true));
    const usedRows = new Set(nets.flatMap(({ from, to }) => [from, ...to]));
    const byFrom = new Map(parts.map((part) => [part.from, part]));
    const earlier = new Map<Part, Part[]>(
        parts.map((part) => [part, part.to.flatMap((row) => byFrom.get(row) ?? []).filter((other) => other !== part)]),
    );
    const columns = new Map<Part, number>();
    const busy: Part[][] = [];
    const place = (part: Part): void => {
        let column = Math.max(0, ...(earlier.get(part) ?? []).map((other) => (columns.get(other) ?? 0) + 1));
        while (busy[column]?.some((other) => other.top <= part.bottom && part.top <= other.bottom) === true) {
            column++;
        }
        columns.set(part, column);
        busy[column] = [...(busy[column] ?? []), part];
    };
    let waiting = parts.sort((one, other) => rank(one) - rank(other));
    while (waiting.length > 0) {
        const ready = waiting.filter((part) => earlier.get(part)?.every((other) => columns.has(other)) === true);
        ready.forEach(place);
        waiting = waiting.filter((part) => !columns.has(part));
        const stuck = ready.length > 0 ? null : findInCircle(waiting[0], earlier, columns);
        if (stuck !== null) {
            const row = findFreeRow(usedRows, stuck.from);
            usedRows.add(row);
            const first = makePart({ ...stuck, to: [row] }, false);
            const second = makePart({ ...stuck, from: row }, false);
            for (const [part, others] of earlier) {
                earlier.set(
                    part,
                    others.map((other) => (other === stuck ? first : other)),
                );
            }
            earlier.set(first, []);
            earlier.set(second, [first, ...(earlier.get(stuck) ?? [])]);
            waiting = [first, ...waiting.map((part) => (part === stuck ? second : part))];
        }
    }
    return collectTracks(columns);
}

function makePart({ item, from, to }: Net, isWhole: boolean): Part {
    return { item, from, to, top: Math.min(from, ...to), bottom: Math.max(from, ...to), isWhole };
}

function collectTracks(columns: ReadonlyMap<Part, number>): Channel {
    const tracks = new Map<number, Track[]>();
    for (const [{ item, from, to }, column] of columns) {
        // The first of two parts was placed first.
        tracks.set(item, [...(tracks.get(item) ?? []), { column, from, to }]);
    }
    return { tracks, trackCount: Math.max(0, ...[...columns.values()].map((column) => column + 1)) };
}

/** To avoid crossings, downward nets turn earlier the lower they begin, and upward nets the higher they begin. */
function rank({ from, to }: Part): number {
    const middle = to.reduce((sum, row) => sum + row, 0) / to.length;
    return middle >= from ? -from : 1_000_000 + from;
}

/** The shortest of the nets that wait for each other. */
function findInCircle(
    start: Part | undefined,
    earlier: ReadonlyMap<Part, readonly Part[]>,
    columns: ReadonlyMap<Part, number>,
): Part | null {
    const path: Part[] = [];
    let part = start;
    while (part !== undefined && !path.includes(part)) {
        path.push(part);
        part = earlier.get(part)?.find((other) => !columns.has(other));
    }
    const circle = part === undefined ? [] : path.slice(path.indexOf(part)).filter(({ isWhole }) => isWhole);
    return circle.reduce<Part | null>(
        (best, each) => (best === null || each.bottom - each.top < best.bottom - best.top ? each : best),
        null,
    );
}

/** The nearest row in which no net enters or leaves. */
function findFreeRow(usedRows: ReadonlySet<number>, near: number): number {
    for (let distance = 1; ; distance++) {
        for (const row of [near + distance, near - distance]) {
            if (row >= 0 && !usedRows.has(row)) {
                return row;
            }
        }
    }
}
