import { lstatSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isSet, type Environment } from "./environment.js";
import { StardeckError } from "./errors.js";
import { packageFolder } from "./package-folder.js";
import { ownUserId } from "./process.js";
import { resolvePath } from "./resolve-path.js";

/** The file that makes a folder a project. */
export const configFile = "stardeck.config.ts";

/** Which project's files the program works on. */
export interface ProjectSettings {
    /** An absolute path. */
    readonly folder: string;
    /** True for the bundled webshop, which is used when no other project is found. */
    readonly cameAlong: boolean;
}

/**
 * The project that `--project` or STARDECK_PROJECT names; else the nearest one from the working folder upwards; else the bundled webshop.
 *
 * @throws StardeckError `usage` when the named folder holds no project, or when the project found in a folder above belongs to
 * another user: its configuration is a program, and would be run.
 */
export function findProject(
    given: string | undefined,
    { STARDECK_PROJECT }: Environment,
    workingFolder: string,
): ProjectSettings {
    const named = given ?? (isSet(STARDECK_PROJECT) ? STARDECK_PROJECT : undefined);
    if (named !== undefined) {
        const folder = resolvePath(workingFolder, named);
        if (!holdsProject(folder)) {
            throw new StardeckError(`There is no project in ${folder}: it holds no ${configFile}.`, {
                code: "usage",
                hint: `Name another folder with --project, or make a project there: stardeck init ${named}`,
            });
        }
        return { folder, cameAlong: false };
    }
    const start = resolve(workingFolder);
    for (let folder = start; ; folder = dirname(folder)) {
        if (holdsProject(folder)) {
            if (folder !== start) {
                refuseForeign(folder);
            }
            return { folder, cameAlong: false };
        }
        if (dirname(folder) === folder) {
            return { folder: packageFolder, cameAlong: true };
        }
    }
}

function holdsProject(folder: string): boolean {
    return statSync(join(folder, configFile), { throwIfNoEntry: false })?.isFile() ?? false;
}

function refuseForeign(folder: string): void {
    const { uid } = lstatSync(join(folder, configFile));
    if (ownUserId !== undefined && uid !== ownUserId && uid !== 0) {
        throw new StardeckError(`The project found above, in ${folder}, belongs to another user (id ${uid}).`, {
            code: "usage",
            hint: `If you trust it, name it: --project ${folder}`,
        });
    }
}
