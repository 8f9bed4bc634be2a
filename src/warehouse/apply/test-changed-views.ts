import type { FileProblem } from "../../project/problem.js";
import { judgeFailures } from "../data-tests.js";
import { explainEach, type CheckedTest } from "./check-models.js";
import type { Run } from "./prepare-run.js";
import { refuseProblems } from "./problems.js";

/** A changed view is published at once: checks its data tests of severity error, and those of the views that read it. */
export async function testChangedViews(
    run: Run,
    {
        changedViews,
        tests,
        alterTablesIn,
    }: {
        readonly changedViews: ReadonlySet<string>;
        readonly tests: readonly CheckedTest[];
        readonly alterTablesIn: (texts: readonly string[]) => Promise<void>;
    },
): Promise<void> {
    const { database, definitions, ordered, places } = run;
    const touched = new Set(changedViews);
    for (const model of ordered.order) {
        const reads = ordered.upstream.get(model.name) ?? new Set();
        if (model.materialisation === "view" && [...reads].some((name) => touched.has(name))) {
            touched.add(model.name);
        }
    }
    const views = new Set(
        definitions.models.filter(({ materialisation }) => materialisation === "view").map(({ name }) => name),
    );
    const problems: FileProblem[] = [];
    const asked = tests.filter(
        ({ model_name: name, severity }) => touched.has(name) && views.has(name) && severity === "error",
    );
    await alterTablesIn(asked.map(({ failing_rows_sql: sql }) => sql));
    // Data tests whose SQL cannot run are reported later, together with all others of this kind.
    const unaskable = new Set<CheckedTest>();
    await explainEach(
        database,
        asked.map((test) => ({ sql: test.failing_rows_sql, of: test })),
        (test) => unaskable.add(test),
    );
    for (const test of asked.filter((each) => !unaskable.has(each))) {
        const { rows } = await database.query<{ count: string }>(
            `select count(*) as count from (${test.failing_rows_sql}) as failing`,
        );
        const count = Number(rows[0]?.count ?? 0);
        if (
            judgeFailures(
                { ...test, maxFailures: test.max_failures, warnIf: test.warn_if, errorIf: test.error_if },
                count,
            ) === "failed"
        ) {
            problems.push(
                places.line(
                    test.test.path,
                    test.test.line,
                    `The data test "${test.test_name}" fails for ${count} ${count === 1 ? "row" : "rows"} of the changed view.`,
                    "A view is published as soon as it changes: correct its SELECT, or the test.",
                ),
            );
        }
    }
    refuseProblems(problems);
}
