import { listModelFiles } from "../../../project/list-model-files.js";
import type { Handler } from "../../kit/screen.js";
import type { App } from "../app.js";
import { makeTriedFiles } from "./tried-files.js";

/** The handler of `E` for a screen on which a model can be selected; disabled when something else is. */
export function editHandler(app: App, nameOrNull: () => string | null): Handler {
    const selectedOrNull = (): string | null => {
        const name = nameOrNull();
        return name !== null && app.catalogue.get().value?.graph.models.has(name) === true ? name : null;
    };
    return {
        run: () => {
            const name = selectedOrNull();
            if (name !== null) {
                void editModel(app, name);
            }
        },
        disabledReason: () => {
            return app.files === null
                ? "there are no files of a project here"
                : selectedOrNull() === null
                  ? "no model is selected"
                  : null;
        },
    };
}

/** Opens a model's files in the person's editor; afterwards shows their result, or what is wrong with them. */
async function editModel(app: App, name: string): Promise<void> {
    const { files } = app;
    if (files === null) {
        return;
    }
    if (files.editor === null) {
        app.say("Neither VISUAL nor EDITOR is set: `export EDITOR=nano` before you start names an editor.", "warned");
        return;
    }
    const paths = listModelFiles(files.folder, name);
    if (paths.length === 0) {
        app.say(`There is no file of ${name} in ${files.folder}: it was made by other files.`, "warned");
        return;
    }
    app.closeDialog();
    const problem = await app.handOver(() => files.edit(paths));
    if (problem === null) {
        const editAgain = (): void => void editModel(app, name);
        app.openDialog(makeTriedFiles(app, files, { name, editAgain }));
    } else {
        app.say(problem, "failed");
    }
}
