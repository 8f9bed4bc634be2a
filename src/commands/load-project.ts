import type { Settings } from "../config/settings.js";
import type { Project } from "../project/project.js";

/**
 * Reads the files of the project that is worked on.
 *
 * @returns the project, and the database schema that `{source_schema}` stands for: as a flag or the environment says, else as the project does
 * @throws ProjectError
 */
export async function loadProject({
    project,
    cacheFolder,
    givenSourceSchema,
}: Settings): Promise<{ readonly project: Project; readonly sourceSchema: string }> {
    const { readProject } = await import("../project/read-project.js");
    const read = readProject(project.folder, { cacheFolder });
    return { project: read, sourceSchema: givenSourceSchema ?? read.sourceSchema };
}
