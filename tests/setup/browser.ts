import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome"];

/**
 * A Chromium to look at pages with: the one that STARDECK_TEST_BROWSER names, else one on the PATH; null where there is none.
 *
 * @throws Error when the one that is named is not there: then it is wanted.
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
