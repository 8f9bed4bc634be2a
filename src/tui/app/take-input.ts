import type { Shell } from "./make-app.js";
import { actionOfKeyOrNull, listActions } from "../kit/dispatch.js";
import { editLineOrNull } from "../kit/line-editor.js";
import { bodyPlace } from "../kit/layout.js";
import type { InputEvent } from "../terminal/parse-input.js";
import { themeForBackground } from "../kit/theme.js";
import { tabAt } from "./chrome/header-line.js";

/** Two Ctrl-C within this time quit, even while something runs. */
const twiceMs = 1500;

/** Passes input to the dialog, else to the question, else to the screen, else to the program's actions. */
export function makeInputTaker(shell: Shell): (event: InputEvent) => void {
    const { app } = shell;
    let lastInterruptMs = -Infinity;

    function interrupt(): void {
        if (app.now() - lastInterruptMs < twiceMs) {
            app.quit();
            return;
        }
        lastInterruptMs = app.now();
        const { handlers } = shell.screen();
        const cancel = listActions(handlers, shell.shared, app.isReadOnly).find(({ id }) => id === "cancel");
        if (shell.dialog.get() !== null) {
            app.closeDialog();
        } else if (shell.question.get() !== null) {
            answer({ kind: "key", name: "escape", text: "" });
        } else if (cancel?.reason === null) {
            cancel.handler.run();
            app.say("Cancelling. Ctrl-C once more quits.");
        } else {
            app.say("Ctrl-C once more quits.");
        }
    }

    function answer(event: InputEvent): void {
        const open = shell.question.get();
        if (open === null) {
            return;
        }
        const { question, edited } = open;
        if (event.kind === "key" && event.name === "escape") {
            shell.question.set(null);
            question.onCancel?.();
            return;
        }
        if (event.kind === "key" && event.name === "enter") {
            shell.question.set(null);
            question.onSubmit(edited.text);
            return;
        }
        const completed = event.kind === "key" && event.name === "tab" ? question.complete?.(edited) : undefined;
        const next = completed ?? editLineOrNull(edited, event);
        if (next !== null) {
            shell.question.set({ question, edited: next });
            if (next.text !== edited.text) {
                question.onChange?.(next.text);
            }
        }
    }

    function click(event: InputEvent & { kind: "mouse" }): void {
        const room = shell.screen().room?.();
        const place = bodyPlace(app.size.get(), room);
        if (event.row === 0 && event.action === "press" && place.top > 0) {
            const tab = tabAt(event.column, shell.screenId.get(), app.size.get().columns, shell.tabs);
            if (tab !== null) {
                app.go({ screen: tab });
            }
            return;
        }
        if (event.row >= place.top && event.row < place.top + place.height) {
            shell.screen().click?.({ ...event, row: event.row - place.top });
        }
    }

    function press(name: string): void {
        const screen = shell.screen();
        const action = actionOfKeyOrNull(name, screen.handlers, shell.shared, app.isReadOnly);
        if (action === null) {
            return;
        }
        if (action.reason === null) {
            action.handler.run();
        } else {
            app.say(`${action.binding.title}: ${action.reason}.`, "warned");
        }
    }

    function take(event: InputEvent): void {
        if (event.kind === "background") {
            shell.suggestTheme(themeForBackground(event.color));
            return;
        }
        if (event.kind === "key" && event.name === "ctrl-c") {
            interrupt();
            return;
        }
        const dialog = shell.dialog.get();
        if (dialog !== null) {
            if (!dialog.takeInput(event) && event.kind === "key" && event.name === "escape") {
                app.closeDialog();
            }
            return;
        }
        if (shell.question.get() !== null) {
            answer(event);
            return;
        }
        if (event.kind !== "mouse") {
            shell.message.set(null);
        }
        const screen = shell.screen();
        if (event.kind === "mouse") {
            click(event);
        } else if (screen.takeInput?.(event) !== true && event.kind === "key") {
            press(event.name);
        }
    }

    return (event) => {
        try {
            take(event);
        } catch (error) {
            // An error in one handler must not end a running build.
            app.say(`That did not work: ${error instanceof Error ? error.message : String(error)}`, "failed");
        }
    };
}
