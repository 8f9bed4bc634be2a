import { StardeckError } from "../config/errors.js";
import type { Settings } from "../config/settings.js";
import type { Project } from "../project/project.js";
import { loadRememberedSchemaOrNull } from "../warehouse/project-history.js";
import type { Queryable } from "../warehouse/queryable.js";

/**
 * Reads the files of the current project.
 *
 * @param database which records the source schema of the last migration; null without a connection
 * @returns the project, and the schema for `{source_schema}`: from a flag or the environment, else from the last migration, else from the project
 * @throws ProjectError; StardeckError `usage` if that schema holds models
 */
export async function loadProject(
    { project, cacheFolder, givenSourceSchema }: Settings,
    database: Queryable | null,
): Promise<{ readonly project: Project; readonly sourceSchema: string }> {
    const { readProject } = await import("../project/read-project.js");
    const read = readProject(project.folder, { cacheFolder });
    return { project: read, sourceSchema: await chooseSourceSchema(read, givenSourceSchema, database) };
}

/**
 * The database schema of the landing tables, as in `loadProject`; works even if files other than the configuration have problems.
 *
 * @throws ProjectError; StardeckError `usage` if that schema holds models
 */
export async function loadSourceSchema(
    { project, givenSourceSchema }: Settings,
    database: Queryable | null,
): Promise<string> {
    const { readProjectConfig } = await import("../project/read-project.js");
    return chooseSourceSchema(readProjectConfig(project.folder), givenSourceSchema, database);
}

async function chooseSourceSchema(
    project: Pick<Project, "name" | "layers" | "sourceSchema">,
    given: string | null,
    database: Queryable | null,
): Promise<string> {
    const layer = project.layers.find(({ schema }) => schema === given);
    if (layer !== undefined) {
        throw new StardeckError(
            `--source-schema cannot be "${layer.schema}": the models of the layer ${layer.name} are there.`,
            { code: "usage" },
        );
    }
    const remembered = given === null && database !== null ? await loadRememberedSchemaOrNull(database, project) : null;
    return given ?? remembered ?? project.sourceSchema;
}
