import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../config/package-folder.js";

/** The text of `migrations/sql/<name>.sql`. */
export function sqlFile(name: string): string {
    return readFileSync(join(packageFolder, "migrations", "sql", `${name}.sql`), "utf8");
}
