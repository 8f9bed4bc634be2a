import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StardeckError } from "../config/errors.js";
import { packageFolder } from "../config/package-folder.js";
import { configFile } from "../config/project-folder.js";
import { resolvePath } from "../config/resolve-path.js";
import type { Settings } from "../config/settings.js";
import { freeName, makeCommonFiles, makeProjectFiles, usualLayers, type NewProject } from "../project/scaffold.js";
import { formatQuantity } from "../text/format-values.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { openDatabase } from "./open-database.js";
import type { Output } from "./output.js";
import { packageVersion } from "./version.js";

const flags = {
    name: {
        type: "string",
        placeholder: "NAME",
        description: "The project's name; without it that of the folder, or of the example",
    },
    example: {
        type: "string",
        placeholder: "NAME",
        choices: ["webshop"],
        description: "Begin with a copy of a project: webshop",
    },
    fromDatabase: {
        type: "boolean",
        description: "Describe the tables and views of the database as sources; it is only read",
    },
} as const;

export const command = defineCommand({
    name: "init",
    description:
        "Makes a project: a folder with stardeck.config.ts and a place for models, sources and data tests. Only in a folder without files.\nThe database is not touched: models are made by migrating.",
    arguments: [
        { name: "FOLDER", description: "The folder to make; the working folder when not given.", isRequired: false },
    ],
    flags,
    examples: [
        { command: "stardeck init shop", does: "Make an empty project in the folder shop." },
        { command: "stardeck init shop --example webshop", does: "Make a copy of the webshop, to change it." },
        {
            command: "stardeck init shop --from-database --database-url postgres://me@host/shop",
            does: "Make a project whose sources are the tables of that database.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "at-once",
    run: init,
});

/** Makes the files of a new project. */
export async function init({
    arguments: [given = "."],
    flags: { name: givenName, example, fromDatabase = false },
    settings,
    workingFolder,
    output,
}: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    if (example !== undefined && fromDatabase) {
        throw new StardeckError("--example and --from-database exclude each other.", { code: "usage" });
    }
    const folder = resolvePath(workingFolder, given);
    await refuseUsedFolder(folder);
    const name = nameOf(givenName ?? example, folder);
    const version = packageVersion();
    if (example === undefined) {
        const found = fromDatabase ? await describeDatabase(settings, name, output) : emptyProject;
        await writeFiles(folder, makeProjectFiles({ ...found, name, version }));
    } else {
        await copyWebshop(folder, name);
        await writeFiles(folder, makeCommonFiles({ name, version }));
    }
    if (output.isJson) {
        output.record({ type: "project", name, folder });
    } else {
        output.line(`Made the project ${name} in ${folder}.`);
        output.talk(
            `Next: ${given === "." ? "" : `cd ${given}, `}write a SELECT in migrations/models, and see it with \`stardeck plan\`.`,
        );
    }
    return exitCodes.done;
}

const emptyProject: Omit<NewProject, "name" | "version"> = { layers: null, seedSchema: null, sources: [] };

/** @throws StardeckError `usage` for a folder that is not empty; `.git` does not count. */
async function refuseUsedFolder(folder: string): Promise<void> {
    const names = await readdir(folder).catch((error: unknown) => {
        const code = error instanceof Error && "code" in error ? error.code : undefined;
        if (code === "ENOENT") {
            return [];
        }
        throw new StardeckError(`${folder} cannot be used: ${code === "ENOTDIR" ? "it is a file" : String(code)}.`, {
            code: "usage",
            hint: "Name a folder that is empty or not there yet.",
        });
    });
    const first = names.find((name) => name !== ".git");
    if (first !== undefined) {
        throw new StardeckError(`${folder} is not empty: it holds ${first}.`, {
            code: "usage",
            hint: "Name a folder that is empty or not there yet. Nothing was written.",
        });
    }
}

/** @throws StardeckError `usage` */
function nameOf(given: string | undefined, folder: string): string {
    const name =
        given ??
        basename(folder)
            .replaceAll(/[^A-Za-z0-9_-]+/g, "-")
            .replace(/^[^A-Za-z0-9]+/, "");
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(name)) {
        throw new StardeckError(
            `"${name}" cannot be a project's name: it is 1 to 63 letters, digits, hyphens and underscores.`,
            {
                code: "usage",
                hint: "Give another one with --name.",
            },
        );
    }
    return name;
}

async function describeDatabase(
    settings: Settings,
    name: string,
    output: Output,
): Promise<Omit<NewProject, "name" | "version">> {
    return openDatabase({ settings, output }, async (database) => {
        const { findSources } = await import("../warehouse/find-sources.js");
        const { sources, left, schemas } = await findSources(database);
        for (const sentence of left) {
            output.talk(sentence);
        }
        output.talk(`Found ${formatQuantity(sources.length, "source")} in ${database.name}.`);
        const prefix = name.toLowerCase().replaceAll("-", "_");
        const schemaOf = (usual: string): string =>
            schemas.includes(usual) ? freeName(`${prefix}_${usual}`, schemas) : usual;
        const isUsual = !usualLayers.some((layer) => schemas.includes(layer));
        return {
            sources,
            layers: isUsual
                ? null
                : usualLayers.map((layer) => ({
                      name: layer,
                      schema: schemaOf(layer),
                      materialisation: layer === "prep" ? "view" : "table",
                  })),
            seedSchema: schemas.includes("seeds") ? schemaOf("seeds") : null,
        };
    });
}

/** Copies the webshop that comes with stardeck. */
async function copyWebshop(folder: string, name: string): Promise<void> {
    for (const path of ["migrations", "seeds-sql", "slides"]) {
        await cp(join(packageFolder, path), join(folder, path), { recursive: true });
    }
    const config = await readFile(join(packageFolder, configFile), "utf8");
    await writeFiles(folder, {
        [configFile]: config
            .replace(/^\/\*\*.*\*\/\n/m, "")
            .replace('name: "webshop"', `name: ${JSON.stringify(name)}`),
    });
}

async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        // `wx` never overwrites a file that has appeared in the meantime.
        await writeFile(join(folder, path), text, { flag: "wx" });
    }
}
