import { StardeckError } from "../config/errors.js";
import type { Settings } from "../config/settings.js";
import type { Project } from "../project/project.js";
import { loadRememberedSchemaOrNull } from "../warehouse/project-history.js";
import type { Queryable } from "../warehouse/queryable.js";

/**
 * Reads the files of the project that is worked on.
 *
 * @param database where the schema of a flag is remembered; null where none is at hand
 * @returns the project, and the database schema that `{source_schema}` stands for: as a flag or the environment says, else as one said when the database was migrated last, else as the project does
 * @throws ProjectError; StardeckError `usage` where that schema holds models
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
 * The database schema of the landing tables, as `loadProject` gives it; also where other files than the configuration have problems.
 *
 * @throws ProjectError; StardeckError `usage` where that schema holds models
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
