import { formatProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { problemInUnitTest, type UnitTestFile } from "../../project/read-unit-tests.js";
import { formatDifference } from "../../text/format-difference.js";
import type { Queryable } from "../queryable.js";
import type { NamedRelation } from "./replace-relations.js";
import { runUnitTest, type UnitTestResult } from "./run-unit-test.js";

/** A unit test and its result. */
export interface RanUnitTest {
    readonly test: UnitTestFile;
    readonly result: UnitTestResult;
}

/** @param columnsFrom a relation with the columns of an upstream model whose files differ from the database */
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

/** The test's place and the rows that differ, or what is wrong with the test itself. */
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
