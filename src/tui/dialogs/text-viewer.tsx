import type { App, Dialog } from "../app.js";
import { Lines } from "../components/DialogBox.js";
import { React } from "../ink.js";
import { listMotionOrNull } from "../list-state.js";
import { actionOfKeyOrNull } from "../dispatch.js";
import { makeStore } from "../store.js";

export interface TextViewerOptions {
    readonly title: string;
    /** The lines for a width: safe to show, styled. */
    lines(width: number): readonly string[];
    /** What `y` copies. */
    readonly copyText?: string;
    readonly copyName?: string;
}

/** Text to read: scrolls, can be copied. */
export function makeTextViewer(app: App, options: TextViewerOptions): Dialog {
    const top = makeStore(0);
    let height = 10;
    let lineCount = 0;
    return {
        title: options.title,
        size: { columns: 1000, rows: 1000 },
        changes: [top],
        hints: `↑↓ PgUp PgDn scroll${options.copyText === undefined ? "" : "  y copy"}  esc close`,
        render: ({ columns, rows }) => {
            const lines = options.lines(columns);
            height = rows;
            lineCount = lines.length;
            return <Lines lines={lines.slice(top.get(), top.get() + rows)} />;
        },
        takeInput: (event) => {
            const scroll = (by: number): void => {
                top.update((line) => Math.max(0, Math.min(line + by, lineCount - height)));
            };
            if (event.kind === "mouse") {
                scroll(event.action === "wheel-up" ? -3 : event.action === "wheel-down" ? 3 : 0);
                return true;
            }
            if (event.kind !== "key") {
                return false;
            }
            if (event.name === "y" && options.copyText !== undefined) {
                app.copy(options.copyText, options.copyName ?? "the text");
                return true;
            }
            if (event.name === "q" || event.name === "enter") {
                app.closeDialog();
                return true;
            }
            const motions = Object.fromEntries(scrollKeys.map((id) => [id, { run: () => undefined }]));
            const action = actionOfKeyOrNull(event.name, motions, {}, false);
            const by = action === null ? null : listMotionOrNull(action.id, height);
            if (by !== null) {
                scroll(by);
            }
            return by !== null;
        },
    };
}

const scrollKeys = ["move.up", "move.down", "move.pageUp", "move.pageDown", "move.start", "move.end"] as const;
