import { join } from "node:path";
import { packageFolder } from "../../config/package-folder.js";

/** The prepared data directory of a new database, as an archive. */
export const templateFile = join(packageFolder, "dist", "embedded-template.archive");
