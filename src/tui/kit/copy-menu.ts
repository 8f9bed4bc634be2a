import type { Host } from "./screen.js";
import { fitText } from "./lines/fit-text.js";
import { makeMenu } from "./menu.js";

/** Something that can be copied; left out of the menu when it has no text. */
export interface CopyChoice {
    /** Its name within a message, such as `the name` in `Copied the name.` */
    readonly title: string;
    readonly text: string | null | undefined;
    /** A key that chooses it. */
    readonly hint?: string;
}

/** Lists what can be copied, and copies what is chosen. */
export function openCopyMenu(app: Host, choices: readonly CopyChoice[]): void {
    const items = choices.flatMap(({ title, text, hint }) =>
        typeof text !== "string" || text === ""
            ? []
            : [
                  {
                      title,
                      ...(hint === undefined ? {} : { hint }),
                      description: fitText(text.replaceAll("\n", ", "), 60).trimEnd(),
                      run: () => {
                          app.copy(text, title);
                      },
                  },
              ],
    );
    app.openDialog(makeMenu(app, { title: "Copy", items }));
}
