import { formatProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { problemInUnitTest, type UnitTestFile } from "../../project/read-unit-tests.js";
import { formatDifference } from "../../text/format-difference.js";
import type { Queryable } from "../queryable.js";
import type { NamedRelation } from "./replace-relations.js";
import { runUnitTest, type UnitTestResult } from "./run-unit-test.js";

/** A unit test and what came of it. */
export interface RanUnitTest {
    readonly test: UnitTestFile;
    readonly result: UnitTestResult;
}

/** @param columnsFrom what has the columns of an upstream model that the database has otherwise than its files */
export async function runUnitTests(
    database: Queryable,
    model: ModelFile,
    tests: readonly UnitTestFile[],
    columnsFrom?: (relation: NamedRelation) => string | null,
): Promise<readonly RanUnitTest[]> {
    const ran: RanUnitTest[] = [];
    for (const test of tests) {
        ran.push({ test, result: await runUnitTest(database, model, test, columnsFrom) });
    }
    return ran;
}

/** Where the test is, and the rows that are not as expected; or what is wrong with it. */
export async function explainFailure(
    { test, result }: RanUnitTest,
    folder: string,
    width?: number,
): Promise<readonly string[]> {
    const { message, columns, differences, path } = result;
    if (message !== null) {
        return formatProblem(await problemInUnitTest(folder, test, path, message));
    }
    const pairs = differences.map(({ expected, found }) => ({ left: expected, right: found }));
    return [
        `${test.path}:${test.line}`,
        ...formatDifference(columns, pairs, { left: "expected", right: "found" }, width),
    ];
}
