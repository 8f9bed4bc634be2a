import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";

const folder = join("migrations", "sql");

/** The text of `migrations/sql/<name>.sql`. */
export function sqlFile(name: string): string {
    return readFileSync(join(packageFolder, folder, `${name}.sql`), "utf8");
}

/** All files in `migrations/sql`: the path within the package, and the text. */
export function loadSqlFiles(): readonly { readonly path: string; readonly text: string }[] {
    return readdirSync(join(packageFolder, folder))
        .sort()
        .map((name) => ({
            path: join(folder, name),
            text: readFileSync(join(packageFolder, folder, name), "utf8"),
        }));
}
