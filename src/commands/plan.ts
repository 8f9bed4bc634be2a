import { isEmptyPlan } from "../warehouse/apply/plan.js";
import { planMigrations } from "../warehouse/migrations.js";
import { packageFolder } from "../config/package-folder.js";
import { defineCommand, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { ensureLandingTables } from "./landing-tables.js";
import { loadProject } from "./load-project.js";
import { tellingWaits } from "./migrate.js";
import { openForWriting } from "./open-database.js";
import { printPlan } from "./print-migration-plan.js";

export const command = defineCommand({
    name: "plan",
    description:
        "Says what `stardeck migrate` would change, and changes nothing: new, changed, renamed and removed models, their columns, what reads them, what others have hung on them, and what the next build then computes whole.\nIt is tried out in a transaction that is rolled back, so whatever PostgreSQL would refuse is said with file and line, all of it at once.",
    arguments: [],
    flags: {},
    examples: [
        { command: "stardeck plan", does: "What the changed files would change." },
        {
            command: "stardeck plan --json",
            does: "The same for a pipeline; the last line says whether anything changes.",
        },
    ],
    writes: true,
    endsWhenInterrupted: "at-once",
    run: plan,
});

/** Plans a migration. */
export async function plan({ settings, output }: Invocation): Promise<ExitCode> {
    return openForWriting({ settings, output }, async (database) => {
        const project = await loadProject(settings, database);
        const planned = await tellingWaits(database, output, project, (parameters) =>
            planMigrations(database, {
                ...parameters,
                prepare: async (queryable) => {
                    if (parameters.project.folder === packageFolder) {
                        await ensureLandingTables(queryable, parameters.sourceSchema, database.kind === "embedded");
                    }
                },
            }),
        );
        await printPlan(database, planned, output);
        if (isEmptyPlan(planned)) {
            output.talk("Nothing to change: the database holds what the files say.");
        }
        return exitCodes.done;
    });
}
