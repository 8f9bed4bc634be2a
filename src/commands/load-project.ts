import { StardeckError } from "../config/errors.js";
import type { Settings } from "../config/settings.js";
import type { Project } from "../project/project.js";

/**
 * Reads the files of the project that is worked on.
 *
 * @returns the project, and the database schema that `{source_schema}` stands for: as a flag or the environment says, else as the project does
 * @throws ProjectError; StardeckError `usage` where that schema holds models
 */
export async function loadProject({
    project,
    cacheFolder,
    givenSourceSchema,
}: Settings): Promise<{ readonly project: Project; readonly sourceSchema: string }> {
    const { readProject } = await import("../project/read-project.js");
    const read = readProject(project.folder, { cacheFolder });
    const layer = read.layers.find(({ schema }) => schema === givenSourceSchema);
    if (layer !== undefined) {
        throw new StardeckError(
            `--source-schema cannot be "${layer.schema}": the models of the layer ${layer.name} are there.`,
            { code: "usage" },
        );
    }
    return { project: read, sourceSchema: givenSourceSchema ?? read.sourceSchema };
}
