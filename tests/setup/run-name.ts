import { basename } from "node:path";

/** Begins the name of every database that a test run makes: several runs may share one server. */
export function runName(runFolder: string): string {
    return basename(runFolder).toLowerCase().replaceAll(/\W/g, "_");
}
