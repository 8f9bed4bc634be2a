import { loadCell, type WholeCell } from "../../../browse/load-row.js";
import type { GridView } from "../../../browse/grid-view.js";
import { findColumn } from "../../../browse/grid-view.js";
import type { RowKey } from "../../../browse/row-page.js";
import { isJsonType } from "../../../text/column-types.js";
import { formatCount } from "../../../text/format-values.js";
import { layOutJson, looksLikeJson, unwrapJsonOrNull } from "../../../text/lay-out-json.js";
import type { App } from "../../app/app.js";
import type { Dialog } from "../../kit/screen.js";
import { Box, React } from "../../kit/ink.js";
import { Painted } from "../../kit/Painted.js";
import { Styled } from "../../kit/Styled.js";
import { listMotionOfKeyOrNull } from "../../kit/list-state.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { highlightJson } from "../../kit/lines/highlight-json.js";
import {
    cutIntoPieces,
    makeLongText,
    type LongText,
    type TextPiece,
    type TextPlace,
} from "../../kit/lines/long-text.js";
import { wrapSegments, type Segment } from "../../kit/lines/styled-text.js";
import { makeStore } from "../../terminal/store.js";
import type { Theme } from "../../kit/theme.js";
import { makeLoad } from "../../kit/load.js";

export interface CellPlace {
    readonly view: GridView;
    readonly key: RowKey;
    readonly column: string;
}

/** A value ready to show: its pieces, how to colour them, and a line about its type and size. */
interface LaidOutCell {
    readonly pieces: readonly TextPiece[];
    readonly highlight: (piece: TextPiece) => readonly Segment[];
    readonly about: string;
}

/** The longest text that is copied; terminals silently drop longer ones. */
export const longestCopy = 1_000_000;

/** Shows the whole value of a cell, even megabytes; JSON is laid out and coloured. */
export function makeCellViewer(app: App, { view, key, column }: CellPlace, onBack?: () => void): Dialog {
    const read = makeLoad(app, (database, options) => loadCell(database, view, key, column, options));
    const place = makeStore<TextPlace>({ piece: 0, row: 0 });
    const isRaw = makeStore(false);
    const { typeId, typeName } = findColumn(view.relation, column);
    let height = 10;
    let laidOut: { readonly cell: WholeCell; readonly isRaw: boolean; readonly result: LaidOutCell } | null = null;
    let text: {
        readonly of: LaidOutCell;
        readonly width: number;
        readonly theme: Theme;
        readonly text: LongText;
    } | null = null;
    void read.load();

    const layOut = (cell: WholeCell): LaidOutCell => {
        if (laidOut?.cell !== cell || laidOut.isRaw !== isRaw.get()) {
            laidOut = { cell, isRaw: isRaw.get(), result: layOutCell(cell, typeId, typeName, isRaw.get()) };
        }
        return laidOut.result;
    };
    const textFor = (of: LaidOutCell, width: number, theme: Theme): LongText => {
        if (text?.of !== of || text.width !== width || text.theme !== theme) {
            const rowsOf = (piece: TextPiece): readonly string[] => wrapSegments(of.highlight(piece), width, theme);
            text = { of, width, theme, text: makeLongText(of.pieces, rowsOf) };
        }
        return text.text;
    };
    const scroll = (by: number): void => {
        const current = text;
        if (current !== null) {
            place.update((state) => current.text.move(state, by, height));
        }
    };

    return {
        title: column,
        size: { columns: 1000, rows: 1000 },
        changes: [place, isRaw, read],
        hints: [
            ["↑↓ PgUp PgDn", "scroll"],
            ["g G", "ends"],
            ["y", "copy"],
            ["r", "as stored"],
            ["esc", "close"],
        ],
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const { value, error, isLoading } = read.get();
            if (isLoading) {
                return <Styled>{read.describe("Reading the value")}</Styled>;
            }
            if (error !== null) {
                return <Painted lines={formatErrorLines(error, columns, theme)} />;
            }
            if (value === null) {
                return <Styled wrap="wrap">The row is gone, or it has changed so that it is not found again.</Styled>;
            }
            if (value.text === null) {
                return <Styled>{`${theme.symbols.null} (null)`}</Styled>;
            }
            height = Math.max(1, rows - 2);
            const cell = layOut(value);
            const shown = textFor(cell, columns, theme);
            const { piece } = place.get();
            const share = shown.pieceCount < 2 ? 1 : piece / (shown.pieceCount - 1);
            const isLong = shown.rowsFrom({ piece: 0, row: 0 }, height + 1).length > height;
            const where = isLong ? `   ${Math.round(share * 100)} %` : "";
            return (
                <Box flexDirection="column" rowGap={1}>
                    <Styled role="dim">{cell.about + where}</Styled>
                    <Painted lines={shown.rowsFrom(place.get(), height)} />
                </Box>
            );
        },
        takeInput: (event) => {
            if (event.kind === "mouse") {
                scroll(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            const value = read.get().value?.text ?? null;
            switch (event.name) {
                case "y":
                    if (value !== null && value.length > longestCopy) {
                        app.say("It is too long for the clipboard: e in the grid exports it.", "warned");
                    } else if (value !== null) {
                        app.copy(value, `the value of ${column}`);
                    }
                    return true;
                case "r":
                    isRaw.update((raw) => !raw);
                    place.set({ piece: 0, row: 0 });
                    return true;
                case "x":
                    if (read.cancel()) {
                        app.closeDialog();
                    }
                    return true;
                case "escape":
                    if (onBack === undefined) {
                        return false;
                    }
                    onBack();
                    return true;
                case "q":
                case "space":
                case "enter":
                    if (onBack === undefined) {
                        app.closeDialog();
                    } else {
                        onBack();
                    }
                    return true;
                default: {
                    const by = listMotionOfKeyOrNull(event.name, height);
                    if (by !== null) {
                        scroll(by);
                    }
                    return by !== null;
                }
            }
        },
        onClose: () => {
            read.cancel();
        },
    };
}

function layOutCell(cell: WholeCell, typeId: number, typeName: string, isRaw: boolean): LaidOutCell {
    const whole = cell.text ?? "";
    const size = `${formatCount(cell.bytes)} bytes${cell.isWhole ? "" : `, the first ${formatCount(whole.length)} characters`}`;
    const inner = unwrapJsonOrNull(whole);
    if (!isRaw && (inner !== null || isJsonType(typeId) || looksLikeJson(whole))) {
        const about = `${typeName}, ${size}, JSON laid out${inner === null ? "" : " (it was a JSON string inside JSON)"}`;
        return { pieces: cutIntoPieces(layOutJson(inner ?? whole)), highlight: highlightJson, about };
    }
    return {
        pieces: cutIntoPieces(whole.split(/\r?\n/)),
        highlight: (piece) => [{ text: piece.text, role: "plain" }],
        about: `${typeName}, ${size}`,
    };
}
