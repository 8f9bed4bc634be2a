import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

/**
 * A Chromium to open pages with: the one in STARDECK_TEST_BROWSER, else one on the PATH; null if there is none.
 *
 * @throws Error if the named one does not exist.
 */
export function findBrowserOrNull(): string | null {
    const named = process.env.STARDECK_TEST_BROWSER;
    if (named !== undefined && named !== "") {
        if (!existsSync(named)) {
            throw new Error(`STARDECK_TEST_BROWSER names ${named}, which does not exist.`);
        }
        return named;
    }
    const folders = (process.env.PATH ?? "").split(delimiter);
    return (
        folders.flatMap((folder) => names.map((name) => join(folder, name))).find((file) => existsSync(file)) ?? null
    );
}

export const noBrowser = "there is no Chromium on the PATH: install one, or name it in STARDECK_TEST_BROWSER";
