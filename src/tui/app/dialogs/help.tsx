import type { Dialog, Target } from "../../kit/screen.js";
import { listActions, type Action } from "../../kit/dispatch.js";
import { formatKey, screenTitles } from "../../kit/keymap.js";
import type { App } from "../app.js";
import { makeTriedFiles } from "../editing/tried-files.js";
import type { Shell } from "../make-app.js";
import { makeMenu, type MenuItem } from "../../kit/menu.js";

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

/** Every action by name, and then every place to go to: models, sources, data tests, runs, columns. */
export function makePalette(shell: Shell): Dialog {
    const { app } = shell;
    const screen = shell.screen();
    const theme = app.theme.get();
    const actions = listActions(screen.handlers, shell.shared, app.isReadOnly)
        .filter(({ id }) => id !== "palette" && !id.startsWith("move."))
        .map(({ binding, handler, reason }): MenuItem => ({
            title: binding.title,
            hint: formatKey(binding.keys[0] ?? "", theme),
            description: binding.description,
            disabledReason: reason,
            run: () => {
                handler.run();
            },
        }));
    const { files } = app;
    actions.push({
        title: "What the project's files change",
        description: "Compares them with this database; from there it is migrated.",
        disabledReason: files === null ? "there are no files of a project here" : null,
        run: () => {
            if (files !== null) {
                app.openDialog(makeTriedFiles(app, files, null));
            }
        },
    });
    let listed = { of: app.catalogue.get().value, items: [...actions, ...listPlaces(app)] };
    return makeMenu(app, {
        title: "Commands",
        isSearchable: true,
        columns: 76,
        changes: [app.catalogue],
        items: () => {
            const { value } = app.catalogue.get();
            if (listed.of !== value) {
                listed = { of: value, items: [...actions, ...listPlaces(app)] };
            }
            return listed.items;
        },
    });
}

/** With more columns than this, the palette lists none of them. */
const mostColumns = 5000;

function listPlaces(app: App): readonly MenuItem[] {
    const catalogue = app.catalogue.get().value;
    if (catalogue === null) {
        return [];
    }
    const { registry, runs } = catalogue;
    const place = (title: string, hint: string, description: string, target: Target): MenuItem => ({
        title,
        hint,
        description,
        run: () => {
            app.go(target);
        },
    });
    const columns = registry.models.flatMap(({ schema, name, columns: own }) =>
        own.map((column) =>
            place(`${name}.${column.name}`, "column", column.description, {
                screen: "data",
                show: { kind: "relation", schema, name, firstColumn: column.name },
            }),
        ),
    );
    return [
        ...registry.models.map(({ name, description }) =>
            place(name, "model", description, { screen: "models", modelName: name }),
        ),
        ...registry.sources.map(({ name, description }) =>
            place(name, "source", description, { screen: "models", modelName: name }),
        ),
        ...registry.tests.map(({ name, description }) =>
            place(name, "data test", description, { screen: "tests", testName: name }),
        ),
        ...runs.map(({ runId }) => place(`run ${runId}`, "run", "What it did.", { screen: "build", runId })),
        ...(columns.length > mostColumns ? [] : columns),
    ];
}
