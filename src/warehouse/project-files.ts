import type { Database } from "../database/database.js";
import type { Project } from "../project/project.js";

/** What the interface does with the current project's files: edit, try and apply them. */
export interface ProjectFiles {
    readonly folder: string;
    /** The program in VISUAL or EDITOR; null if neither is set. */
    readonly editor: string | null;
    /** Opens files in the editor, on this terminal. Resolves with null, or with a sentence about what went wrong. */
    readonly edit: (paths: readonly string[]) => Promise<string | null>;
    /** Reads all files again, and the source schema recorded in the database. @throws ProjectError with every problem */
    readonly load: (database: Database) => Promise<{ readonly project: Project; readonly sourceSchema: string }>;
    /**
     * Brings the database to what the files say.
     *
     * @returns the names of the migrations that ran
     * @throws UnapprovedPlanError if it would remove something and that is not approved
     */
    readonly migrate: (database: Database, isApproved: boolean) => Promise<readonly string[]>;
}
