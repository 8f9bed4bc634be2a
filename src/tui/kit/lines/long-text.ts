/** A part of a line of a long text, short enough to be laid out quickly. */
export interface TextPiece {
    readonly text: string;
    /** Whether it continues the line of the piece before. */
    readonly isContinued: boolean;
}

/** A place in the text: a piece, and one of the rows that the piece takes on the screen. */
export interface TextPlace {
    readonly piece: number;
    readonly row: number;
}

/** Text of any length that scrolls: only the pieces that are needed are laid out. */
export interface LongText {
    readonly pieceCount: number;
    /** At most `height` rows from a place on. */
    readonly rowsFrom: (place: TextPlace, height: number) => readonly string[];
    /** The place `by` rows further, but no further than the start of the last screen. */
    readonly move: (place: TextPlace, by: number, height: number) => TextPlace;
}

const pieceLength = 2000;

/** Cuts lines into pieces. */
export function cutIntoPieces(lines: readonly string[]): readonly TextPiece[] {
    return lines.flatMap((line) => {
        const pieces: TextPiece[] = [];
        let start = 0;
        do {
            let end = Math.min(line.length, start + pieceLength);
            // Do not cut a surrogate pair in two.
            if (end < line.length && (line.charCodeAt(end - 1) & 0xfc00) === 0xd800) {
                end--;
            }
            pieces.push({ text: line.slice(start, end), isContinued: start > 0 });
            start = end;
        } while (start < line.length);
        return pieces;
    });
}

/** @param layOut gives the rows that a piece takes, at least one */
export function makeLongText(pieces: readonly TextPiece[], layOut: (piece: TextPiece) => readonly string[]): LongText {
    const known = new Map<number, readonly string[]>();
    const rowsOf = (index: number): readonly string[] => {
        const piece = pieces[index];
        if (piece === undefined) {
            return [];
        }
        const rows = known.get(index) ?? layOut(piece);
        if (known.size > 500) {
            known.clear();
        }
        known.set(index, rows);
        return rows;
    };
    const start: TextPlace = { piece: 0, row: 0 };

    function moveUp(place: TextPlace, by: number): TextPlace {
        let { piece, row } = place;
        let left = by;
        while (left > row && piece > 0) {
            left -= row + 1;
            piece--;
            row = rowsOf(piece).length - 1;
        }
        return left > row ? start : { piece, row: row - left };
    }

    function moveDown(place: TextPlace, by: number): TextPlace {
        let { piece, row } = place;
        let left = by;
        while (piece < pieces.length - 1 && row + left >= rowsOf(piece).length) {
            left -= rowsOf(piece).length - row;
            piece++;
            row = 0;
        }
        return { piece, row: Math.min(row + left, Math.max(0, rowsOf(piece).length - 1)) };
    }

    function lastPlace(height: number): TextPlace {
        const last = Math.max(0, pieces.length - 1);
        return moveUp({ piece: last, row: Math.max(0, rowsOf(last).length - 1) }, height - 1);
    }

    return {
        pieceCount: pieces.length,
        rowsFrom: (place, height) => {
            const rows = rowsOf(place.piece).slice(place.row, place.row + height);
            for (let index = place.piece + 1; rows.length < height && index < pieces.length; index++) {
                rows.push(...rowsOf(index).slice(0, height - rows.length));
            }
            return rows;
        },
        move: (place, by, height) => {
            const end = lastPlace(height);
            if (by === Infinity) {
                return end;
            }
            const next = by < 0 ? (by === -Infinity ? start : moveUp(place, -by)) : moveDown(place, by);
            return isBefore(end, next) ? end : next;
        },
    };
}

function isBefore(left: TextPlace, right: TextPlace): boolean {
    return left.piece < right.piece || (left.piece === right.piece && left.row < right.row);
}
