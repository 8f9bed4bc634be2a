import type { Dialog, Host } from "./screen.js";
import { React } from "./ink.js";
import { makeScrollArea } from "./scroll-area.js";
import { ScrollBox } from "./ScrollBox.js";

export interface TextViewerOptions {
    readonly title: string;
    /** The lines for a width: safe to show, styled. */
    lines(width: number): readonly string[];
    /** What `y` copies. */
    readonly copyText?: string;
    readonly copyName?: string;
}

/** Text to read: scrolls, can be copied. */
export function makeTextViewer(app: Host, options: TextViewerOptions): Dialog {
    const scroll = makeScrollArea(app.closeDialog);
    return {
        title: options.title,
        size: { columns: 1000, rows: 1000 },
        changes: [scroll.top],
        hints: [
            ["↑↓ PgUp PgDn", "scroll"],
            ...(options.copyText === undefined ? [] : [["y", "copy"] as const]),
            ["esc", "close"],
        ],
        render: (size) => <ScrollBox size={size} lines={options.lines(size.columns)} area={scroll} />,
        takeInput: (event) => {
            if (event.kind === "key" && event.name === "y" && options.copyText !== undefined) {
                app.copy(options.copyText, options.copyName ?? "the text");
                return true;
            }
            return scroll.takeInput(event);
        },
    };
}
