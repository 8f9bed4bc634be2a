import { dialogInside, dialogPlace, footerRows, isTooSmall } from "../kit/layout.js";
import type { CellPlace } from "../terminal/compose-frame.js";
import type { FrameWriter } from "../terminal/frame-writer.js";
import { formatQuestion } from "./chrome/format-question.js";
import type { Shell } from "./make-app.js";

/**
 * Keeps the terminal's own cursor at the character that is being edited, where input methods show what is being composed; it is
 * hidden while no text is edited.
 *
 * @returns ends it.
 */
export function keepCursorPlaced(shell: Shell, writer: FrameWriter): () => void {
    const { app } = shell;
    const place = (): void => {
        writer.setCursor(findCursorOrNull(shell));
    };
    let endDialog: readonly (() => void)[] = [];
    const watchDialog = (): void => {
        for (const end of endDialog) {
            end();
        }
        endDialog = (shell.dialog.get()?.changes ?? []).map((readable) => readable.subscribe(place));
        place();
    };
    const ends = [
        shell.dialog.subscribe(watchDialog),
        ...[shell.question, shell.screenId, app.size].map((readable) => readable.subscribe(place)),
    ];
    watchDialog();
    return () => {
        for (const end of [...ends, ...endDialog]) {
            end();
        }
    };
}

/** Null while no text is edited. */
function findCursorOrNull({ app, ...shell }: Shell): CellPlace | null {
    const size = app.size.get();
    if (isTooSmall(size, shell.screen().leastSize)) {
        return null;
    }
    const dialog = shell.dialog.get();
    if (dialog !== null) {
        const inside = dialogInside(dialogPlace(dialog.size, size));
        const cursor = dialog.cursor?.({ columns: inside.width, rows: inside.height }) ?? null;
        return cursor === null ? null : { row: inside.top + cursor.row, column: inside.left + cursor.column };
    }
    const open = shell.question.get();
    return open === null
        ? null
        : {
              row: size.rows - footerRows,
              column: formatQuestion(open.question.label, open.edited, size.columns, app.theme.get()).column,
          };
}
