import type { Dialog } from "../../kit/screen.js";
import { listActions, type Action } from "../../kit/dispatch.js";
import { formatKey, screenTitles } from "../../kit/keymap.js";
import type { Shell } from "../make-app.js";
import { makeMenu } from "../../kit/menu.js";

/** The actions of the screen with their keys, in the keymap's order; typing searches, Enter runs. */
export function makeHelp(shell: Shell): Dialog {
    const screenId = shell.screenId.get();
    const screen = shell.screen();
    const theme = shell.app.theme.get();
    const actions = listActions(screen.handlers, shell.shared, shell.app.isReadOnly).filter(
        ({ binding }) => binding.group !== "Go" || !binding.id.startsWith("go."),
    );
    const keysOf = ({ binding }: Action): string => binding.keys.map((key) => formatKey(key, theme)).join(" ");
    const keyWidth = Math.max(...actions.map((action) => keysOf(action).length));
    return makeMenu(shell.app, {
        title: `Keys of ${screenTitles[screenId]}`,
        isSearchable: true,
        columns: 76,
        items: actions.map((action) => ({
            title: `${keysOf(action).padEnd(keyWidth)}  ${action.binding.title}`,
            description: action.binding.description,
            disabledReason: action.reason,
            run: () => {
                action.handler.run();
            },
        })),
    });
}

/** Every action by name. */
export function makePalette(shell: Shell): Dialog {
    const screen = shell.screen();
    const theme = shell.app.theme.get();
    return makeMenu(shell.app, {
        title: "Commands",
        isSearchable: true,
        columns: 76,
        items: listActions(screen.handlers, shell.shared, shell.app.isReadOnly)
            .filter(({ id }) => id !== "palette" && !id.startsWith("move."))
            .map(({ binding, handler, reason }) => ({
                title: binding.title,
                hint: formatKey(binding.keys[0] ?? "", theme),
                description: binding.description,
                disabledReason: reason,
                run: () => {
                    handler.run();
                },
            })),
    });
}
