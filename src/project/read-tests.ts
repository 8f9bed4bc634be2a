import type { DataTestDefinition } from "./definitions.js";
import { isSnakeCase } from "./check-definition.js";
import { definitionKindOrNull } from "./define.js";
import type { FileReader, Read } from "./file-reader.js";
import type { FoundFile } from "./find-files.js";
import { locateValueOrNull } from "./locate-value.js";
import { parseSqlFile } from "./parse-sql-file.js";
import { problemAt, problemOf, problemOnLine, type FileProblem } from "./problem.js";
import type { Place } from "./project.js";
import { parseThresholdOrNull } from "./thresholds.js";

/** A data test with its own file. */
export interface SingularTest {
    readonly model: string;
    readonly definition: DataTestDefinition;
    readonly place: Place;
}

const labels = ["model", "where", "severity", "warn if", "error if", "known", "max failures", "per entity"];

/**
 * Reads a file of `migrations/tests`: the SELECT of the failing rows. It tests the model that its file name begins with
 * (`fct_orders.shipped_was_paid.sql`), or that its header names. Labels in the header are the test's options:
 *
 *     -- What was shipped has been paid.
 *     -- Where: placed_at >= '2025-01-01'
 *     -- Warn if: >0
 *     -- Error if: >10
 */
export function readSingularTest(reader: FileReader, file: FoundFile): Read<SingularTest> {
    return reader.readText(file, (text) => {
        const sql = parseSqlFile(file.path, text, labels);
        const problems: FileProblem[] = [...sql.problems];
        const complain = (line: number, message: string, hint: string | null): void => {
            problems.push(problemOnLine(file.path, text, line, message, hint));
        };
        const stem = file.path.slice(file.path.lastIndexOf("/") + 1).replace(/\.sql$/, "");
        const dot = stem.indexOf(".");
        const [named, name] = dot === -1 ? [null, stem] : [stem.slice(0, dot), stem.slice(dot + 1)];
        const said = sql.labels.model;
        if (named === null && said === undefined) {
            complain(
                1,
                "It does not say which model it tests.",
                'Add a line "-- Model: fct_orders.", or call it <model>.<test>.sql.',
            );
        } else if (named !== null && said !== undefined && said.value !== named) {
            complain(
                said.line,
                `It names the model "${said.value}", and its file's name "${named}".`,
                "Leave one of them out.",
            );
        }
        if (!isSnakeCase(name)) {
            problems.push(
                problemOf(file.path, `The name "${name}" must be lower snake case: letters, digits and underscores.`),
            );
        }
        const { severity, "max failures": maxFailures, "per entity": perEntity } = sql.labels;
        if (severity !== undefined && severity.value !== "error" && severity.value !== "warn") {
            complain(severity.line, `There is no severity "${severity.value}".`, "Possible are error and warn.");
        }
        if (maxFailures !== undefined && !/^\d+$/.test(maxFailures.value)) {
            complain(maxFailures.line, `"${maxFailures.value}" is no number of rows.`, null);
        }
        const { where, known, "warn if": warnIf, "error if": errorIf } = sql.labels;
        for (const threshold of [warnIf, errorIf]) {
            if (threshold !== undefined && parseThresholdOrNull(threshold.value) === null) {
                complain(
                    threshold.line,
                    `"${threshold.value}" compares with no number of rows.`,
                    'Write it as ">10" or "between 1 and 5".',
                );
            }
        }
        if (where?.value === "") {
            complain(where.line, `"Where:" needs a condition.`, null);
        }
        if (known?.value === "") {
            complain(known.line, `"Known:" needs a reason.`, null);
        }
        if (perEntity !== undefined && perEntity.value !== "yes" && perEntity.value !== "no") {
            complain(perEntity.line, `"Per entity:" is yes or no.`, null);
        }
        if (sql.select === "") {
            complain(1, "It has no SELECT of the failing rows.", null);
        }
        const definition: DataTestDefinition = {
            kind: "singular",
            name,
            select: sql.select,
            ...(perEntity?.value === "yes" ? { perEntity: true } : {}),
            ...(severity?.value === "warn" ? { severity: "warn" } : {}),
            ...(maxFailures === undefined ? {} : { maxFailures: Number(maxFailures.value) }),
            ...(where === undefined ? {} : { where: where.value }),
            ...(warnIf === undefined ? {} : { warnIf: warnIf.value }),
            ...(errorIf === undefined ? {} : { errorIf: errorIf.value }),
            ...(known === undefined ? {} : { known: `${known.value}.` }),
            ...(sql.description === "" ? {} : { description: sql.description }),
        };
        return {
            value: { model: named ?? said?.value ?? "", definition, place: { path: file.path, line: sql.selectLine } },
            problems,
        };
    });
}

/** Checks a file of `migrations/tests` that defines kinds of data tests. Models import them, so nothing is returned. */
export function readOwnTests(reader: FileReader, file: FoundFile): Read<true> {
    return reader.readModule(file, ({ exports, text }) => {
        const problems = Object.entries(exports)
            .filter(([, value]) => definitionKindOrNull(value) !== "test")
            .map(([name]) =>
                problemAt(
                    file.path,
                    text,
                    locateValueOrNull(text, name, []),
                    `"${name}" was not made by defineTest.`,
                    "Files of this folder export kinds of data tests and nothing else.",
                ),
            );
        return { value: true, problems };
    });
}
