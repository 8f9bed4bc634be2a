import type { Dialog, Host } from "./screen.js";
import { React } from "./ink.js";
import { wrapText } from "./lines/fit-text.js";
import { Styled } from "./Styled.js";

export interface Confirmation {
    readonly title: string;
    /** What will happen, in plain text. */
    readonly text: string;
    /** What Enter does, in a few words. */
    readonly action: string;
    readonly run: () => void;
}

/** Says what will happen and waits for Enter. */
export function makeConfirm(app: Host, { title, text, action, run }: Confirmation): Dialog {
    return {
        title,
        size: { columns: 60, rows: wrapText(text, 60).length },
        hints: [
            ["⏎", action],
            ["esc", "cancel"],
        ],
        render: () => <Styled wrap="wrap">{text}</Styled>,
        takeInput: (event) => {
            if (event.kind === "key" && (event.name === "enter" || event.name === "y")) {
                app.closeDialog();
                run();
                return true;
            }
            if (event.kind === "key" && event.name === "n") {
                app.closeDialog();
                return true;
            }
            return false;
        },
    };
}
