import type { Database } from "../database/database.js";
import type { Project } from "../project/project.js";
import { readUnitTests } from "../project/read-unit-tests.js";
import { definitionsOf } from "../warehouse/apply/definitions.js";
import { runUnitTests, type RanUnitTest } from "../warehouse/unit-tests/run-unit-tests.js";
import { loadModelsOfFiles, makeChangedUpstream } from "./changed-upstream.js";
import { compareModel, type ComparedModel } from "./compare-model.js";

/** What a model's files would give, computed without publishing anything. */
export interface TriedModel {
    readonly compared: ComparedModel;
    readonly ran: readonly RanUnitTest[];
    readonly tookMs: number;
}

export interface TryOptions {
    readonly project: Project;
    readonly sourceSchema: string;
    /** A model of the project. */
    readonly name: string;
    /** The maximum number of rows to show, and of differing rows. */
    readonly maxRows: number;
    readonly signal: AbortSignal;
}

/** Computes a model from its files, compares it with the published rows and runs its unit tests, in a transaction that is rolled back. */
export async function tryModel(
    database: Database,
    { project, sourceSchema, name, maxRows, signal }: TryOptions,
): Promise<TriedModel> {
    const tests = (await readUnitTests(project.folder, project.models)).filter(({ modelName }) => modelName === name);
    const started = performance.now();
    const tried = await database.withTransaction(
        async (connection) => {
            const files = await loadModelsOfFiles(connection, definitionsOf(project, sourceSchema));
            const model = files.models.get(name);
            if (model === undefined) {
                throw new Error(`not in the project: ${name}`);
            }
            const replacementOf = await makeChangedUpstream(connection, model, files);
            return {
                ran: await runUnitTests(connection, model, tests, replacementOf),
                compared: await compareModel(connection, model, replacementOf, maxRows),
            };
        },
        { isRehearsal: true, isolation: "repeatable read", signal },
    );
    return { ...tried, tookMs: performance.now() - started };
}
