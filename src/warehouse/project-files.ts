import type { Database } from "../database/database.js";
import type { Project } from "../project/project.js";

/** The files of the project that is worked on, as the interface edits, tries and applies them. */
export interface ProjectFiles {
    readonly folder: string;
    /** The program that VISUAL or EDITOR names; null where neither does. */
    readonly editor: string | null;
    /** Has a person edit files, on the terminal that it is given. Resolves with null, or with a sentence on what went wrong. */
    readonly edit: (paths: readonly string[]) => Promise<string | null>;
    /** Reads all files anew, and the source schema that the database remembers. @throws ProjectError with every problem */
    readonly load: (database: Database) => Promise<{ readonly project: Project; readonly sourceSchema: string }>;
    /**
     * Brings the database to what the files say.
     *
     * @returns the names of what ran
     * @throws UnapprovedPlanError where it takes something away and that is not approved
     */
    readonly migrate: (database: Database, isApproved: boolean) => Promise<readonly string[]>;
}
