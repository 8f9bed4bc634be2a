import { basename } from "node:path";

/** Prefix for the names of all databases of a test run, because several runs may share one server. */
export function runName(runFolder: string): string {
    return basename(runFolder).toLowerCase().replaceAll(/\W/g, "_");
}
