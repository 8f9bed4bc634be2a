import { loadModelsOfFiles, makeChangedUpstream, type ModelsOfFiles } from "../engine/changed-upstream.js";
import type { Connection } from "../database/connection.js";
import { StardeckError } from "../database/errors.js";
import type { ModelFile, Project } from "../project/project.js";
import { readUnitTests, type UnitTestFile } from "../project/read-unit-tests.js";
import { formatQuantity } from "../text/format-values.js";
import { didYouMean } from "../text/nearest-name.js";
import type { Queryable } from "../warehouse/queryable.js";
import { bindSourceSchema, definitionsOf } from "../warehouse/apply/definitions.js";
import { explainFailure, runUnitTests, type RanUnitTest } from "../warehouse/unit-tests/run-unit-tests.js";
import type { Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { loadProject } from "./load-project.js";
import { openDatabase } from "./open-database.js";
import { styled, type Output } from "./output.js";

/** Runs the unit tests of one model or all models, as defined in the files. */
export async function runAllUnitTests(
    { settings, output, signal }: Pick<Invocation, "settings" | "output" | "signal">,
    modelName: string | undefined,
): Promise<ExitCode> {
    const { project } = await loadProject(settings, null);
    const names = project.models.map(({ name }) => name);
    if (modelName !== undefined && !names.includes(modelName)) {
        throw new StardeckError(`There is no model "${modelName}".`, {
            code: "usage",
            hint: didYouMean(modelName, names, "`stardeck ls` lists all models."),
        });
    }
    const all = await readUnitTests(project.folder, project.models);
    const tests = all.filter((test) => modelName === undefined || test.modelName === modelName);
    if (tests.length === 0) {
        output.talk(
            `There are no unit tests${modelName === undefined ? "" : ` of ${modelName}`}: <model>.test.ts or <model>.test.yml beside a model's SELECT holds them.`,
        );
        return exitCodes.done;
    }
    const ran = await openDatabase({ settings, output }, (database) =>
        database.withTransaction(
            async (connection) => {
                const { sourceSchema } = await loadProject(settings, connection);
                const files = await loadModelsOfFiles(connection, definitionsOf(project, sourceSchema));
                const found: RanUnitTest[] = [];
                for (const [name, model] of files.models) {
                    const own = tests.filter((test) => test.modelName === name);
                    found.push(...(own.length === 0 ? [] : await runTestsOfModel(connection, files, model, own)));
                }
                return found;
            },
            { isRehearsal: true, signal },
        ),
    );
    for (const each of ran) {
        await printUnitTest(each, project.folder, output);
    }
    const failed = ran.filter(({ result }) => result.status !== "passed").length;
    output.talk(`${formatQuantity(ran.length, "unit test")}: ${ran.length - failed} passed, ${failed} failed`);
    return failed === 0 ? exitCodes.done : exitCodes.failed;
}

/** Makes the changed upstream of a model, runs its unit tests, and undoes its changes in the transaction. */
async function runTestsOfModel(
    connection: Connection,
    files: ModelsOfFiles,
    model: ModelFile,
    tests: readonly UnitTestFile[],
): Promise<readonly RanUnitTest[]> {
    await connection.query("savepoint model");
    const replacementOf = await makeChangedUpstream(connection, model, files);
    const ran = await runUnitTests(connection, model, tests, replacementOf);
    await connection.query("rollback to savepoint model");
    return ran;
}

/** Prints one line, and below it a table of the differences. */
export async function printUnitTest(ran: RanUnitTest, folder: string, output: Output): Promise<void> {
    const { test, result } = ran;
    const { status } = result;
    if (output.isJson) {
        output.record({ type: "unit-test", ...result, file: test.path, line: test.line });
        return;
    }
    const mark = status === "passed" ? styled("green", "✓ passed") : styled("red", "✗ failed");
    const what = test.definition.description ?? "";
    output.line([mark, `  ${test.modelName} › ${test.name}`, styled("dim", what === "" ? "" : `  ${what}`)]);
    const width = output.width === undefined ? undefined : output.width - 4;
    for (const line of status === "passed" ? [] : await explainFailure(ran, folder, width)) {
        output.line(`    ${line}`);
    }
}

/**
 * Runs the unit tests of models that are about to change, in the open transaction.
 *
 * @throws StardeckError `failed` with the differences
 */
export async function refuseFailingUnitTests(
    database: Queryable,
    { project, sourceSchema }: { readonly project: Project; readonly sourceSchema: string },
    changed: readonly { readonly name: string }[],
): Promise<void> {
    const models = project.models.filter(({ name }) => changed.some((each) => each.name === name));
    const tests = models.length === 0 ? [] : await readUnitTests(project.folder, project.models);
    const problems: string[] = [];
    for (const model of models) {
        const bound = { ...model, select: bindSourceSchema(model.select, sourceSchema) };
        const own = tests.filter(({ modelName }) => modelName === model.name);
        for (const ran of await runUnitTests(database, bound, own)) {
            if (ran.result.status !== "passed") {
                const { test } = ran;
                problems.push(`The unit test ${test.modelName} › ${test.name} fails.`);
                problems.push(...(await explainFailure(ran, project.folder)));
            }
        }
    }
    if (problems.length > 0) {
        throw new StardeckError(problems.join("\n"), {
            code: "failed",
            hint: "Correct the SELECT, or what the test expects. Nothing was changed.",
        });
    }
}
