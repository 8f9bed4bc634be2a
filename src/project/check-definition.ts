import * as v from "valibot";
import { didYouMean } from "../text/nearest-name.js";
import type {
    ModelDefinition,
    ProjectDefinition,
    SeedDefinition,
    SourceDefinition,
    UnitTestDefinition,
} from "./definitions.js";
import { parseThresholdOrNull } from "./thresholds.js";
import { copyPlainValue, type ValuePath, type ValueProblem } from "./plain-value.js";

/** An object with these keys and no others. */
function strict<const Entries extends v.ObjectEntries>(
    entries: Entries,
): v.StrictObjectSchema<Entries, v.ErrorMessage<v.StrictObjectIssue>> {
    const known = Object.keys(entries);
    return v.strictObject(entries, (issue) => {
        const key = issue.path?.at(-1)?.key;
        if (typeof key !== "string") {
            return `It is ${kindOf(issue.input)}, where an object is expected.`;
        }
        return issue.expected === "never"
            ? `There is no "${key}" here. ${didYouMean(key, known, `Possible are ${known.join(", ")}.`)}`
            : `"${key}" is missing.`;
    });
}

const text = v.pipe(
    v.string(),
    v.check((value) => !value.includes("\0"), "It holds a zero character."),
);
const name = v.pipe(
    text,
    v.check((value) => value.trim() !== "", "It is empty."),
    v.check((value) => Buffer.byteLength(value) <= 63, "It is longer than the 63 bytes of PostgreSQL's names."),
);
const snakeName = v.pipe(
    name,
    v.check(isSnakeCase, "It must be lower snake case: letters, digits and underscores, no digit first."),
);
const names = v.pipe(
    v.array(name),
    v.check((list) => list.length > 0, "It is empty: name a column."),
    v.check((list) => new Set(list).size === list.length, "It names a column twice."),
);
const severity = v.picklist(["error", "warn"]);
const materialisation = v.picklist(["view", "table"]);
const count = v.pipe(v.number(), v.integer("It must be a whole number."), v.minValue(0, "It must not be negative."));
const hours = v.pipe(
    v.number(),
    v.check((value) => value > 0, "It must be more than 0."),
);

const threshold = v.pipe(
    text,
    v.check(
        (value) => parseThresholdOrNull(value) !== null,
        'It must compare with a number of rows: ">10", "!= 0" or "between 1 and 5".',
    ),
);

const testOptions = {
    severity: v.exactOptional(severity),
    warnIf: v.exactOptional(threshold),
    errorIf: v.exactOptional(threshold),
    known: v.exactOptional(text),
    where: v.exactOptional(text),
    name: v.exactOptional(snakeName),
    maxFailures: v.exactOptional(count),
    description: v.exactOptional(text),
};

const dataTest = v.variant("kind", [
    strict({ kind: v.literal("unique"), columns: names, ...testOptions }),
    strict({ kind: v.literal("not_null"), column: name, ...testOptions }),
    strict({ kind: v.literal("accepted_values"), column: name, values: v.array(text), ...testOptions }),
    strict({
        kind: v.literal("relationships"),
        column: name,
        to: name,
        toColumn: name,
        ...testOptions,
    }),
    strict({ kind: v.literal("expression"), expression: text, ...testOptions, name: snakeName }),
    strict({ kind: v.literal("scd2"), naturalKey: name, ...testOptions }),
    strict({
        kind: v.literal("singular"),
        select: text,
        perEntity: v.exactOptional(v.boolean()),
        ...testOptions,
        name: snakeName,
    }),
]);

const column = strict({
    description: v.exactOptional(text),
    type: v.exactOptional(text),
    notNull: v.exactOptional(v.boolean()),
    renamedFrom: v.exactOptional(name),
});

const presentation = strict({
    title: v.exactOptional(text),
    headline: v.exactOptional(text),
    measure: v.exactOptional(name),
    sort: v.exactOptional(names),
    columns: v.exactOptional(names),
    freeze: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    round: v.exactOptional(v.record(name, v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10)))),
    unit: v.exactOptional(v.record(name, text)),
    chart: v.exactOptional(v.picklist(["bars", "line", "horizontal bars", "histogram", "none"])),
});

const model: v.GenericSchema<unknown, ModelDefinition> = strict({
    materialisation: v.exactOptional(materialisation),
    columns: v.exactOptional(
        v.record(
            name,
            v.lazy((value) => (typeof value === "object" ? column : text)),
        ),
    ),
    tests: v.exactOptional(v.array(dataTest)),
    indexes: v.exactOptional(v.array(names)),
    tags: v.exactOptional(v.array(name)),
    affectedBy: v.exactOptional(v.record(name, text)),
    renamedFrom: v.exactOptional(name),
    rebuild: v.exactOptional(v.literal("always")),
    distribution: v.exactOptional(
        v.lazy((value) => (typeof value === "object" ? strict({ column: name }) : v.literal("reference"))),
    ),
    presentation: v.exactOptional(presentation),
});

const share = v.pipe(
    v.number(),
    v.minValue(0, "It must be a share of the rows, from 0 to 1."),
    v.maxValue(1, "It must be a share of the rows, from 0 to 1."),
);

const source: v.GenericSchema<unknown, SourceDefinition> = strict({
    name,
    table: v.exactOptional(name),
    schema: v.exactOptional(name),
    description: v.exactOptional(text),
    kind: v.exactOptional(v.picklist(["versions", "table", "view"])),
    key: v.lazy((value) => (Array.isArray(value) ? names : name)),
    versionColumn: v.exactOptional(name),
    loadCursor: v.exactOptional(name),
    columns: v.exactOptional(v.record(name, text)),
    deletes: v.exactOptional(
        v.lazy((value) =>
            typeof value === "object" ? strict({ upToShare: share }) : v.picklist(["follow", "refuse"]),
        ),
    ),
    history: v.exactOptional(v.boolean()),
    freshness: v.exactOptional(strict({ warnAfterHours: hours, errorAfterHours: hours })),
    isRequired: v.exactOptional(v.boolean()),
});

const seed: v.GenericSchema<unknown, SeedDefinition> = strict({
    description: v.exactOptional(text),
    columns: v.exactOptional(v.record(name, text)),
});

const project: v.GenericSchema<unknown, ProjectDefinition> = strict({
    name: v.pipe(
        text,
        v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "It must be 1 to 63 letters, digits, hyphens and underscores."),
    ),
    layers: v.exactOptional(
        v.pipe(
            v.array(
                strict({
                    name: snakeName,
                    schema: v.exactOptional(name),
                    materialisation: v.exactOptional(materialisation),
                }),
            ),
            v.check((layers) => layers.length > 0, "It is empty: a project has at least one layer."),
        ),
    ),
    sourceSchema: v.exactOptional(name),
    slides: v.exactOptional(text),
    seeds: v.exactOptional(strict({ schema: v.exactOptional(name), tables: v.exactOptional(v.record(name, seed)) })),
    threads: v.exactOptional(
        v.pipe(
            v.number(),
            v.integer("It must be a whole number."),
            v.minValue(1, "It must be 1 to 64."),
            v.maxValue(64, "It must be 1 to 64."),
        ),
    ),
});

// A row's values may be any plain data.
const unitTestRows = v.array(v.record(name, v.any()));

const unitTest: v.GenericSchema<unknown, UnitTestDefinition> = strict({
    description: v.exactOptional(text),
    given: v.record(name, unitTestRows),
    expect: unitTestRows,
});

/** Whether a name is lower snake case: letters, digits and underscores, no digit first. */
export function isSnakeCase(text: string): boolean {
    return /^[a-z_][a-z0-9_]*$/.test(text);
}

export type Checked<Definition> = { readonly definition: Definition } | { readonly problems: readonly ValueProblem[] };

/** These check that an exported value is plain data of the right shape, without unknown properties. */
export const checkModel = checkerOf(model);
export const checkSource = checkerOf(source);
export const checkProject = checkerOf(project);
export const checkUnitTest = checkerOf(unitTest);

function checkerOf<Definition>(schema: v.GenericSchema<unknown, Definition>): (value: unknown) => Checked<Definition> {
    return (given) => {
        const { value, problems } = copyPlainValue(given);
        if (problems.length > 0) {
            return { problems };
        }
        const result = v.safeParse(schema, value);
        return result.success ? { definition: result.output } : { problems: result.issues.map(describeIssue) };
    };
}

function describeIssue(issue: v.BaseIssue<unknown>): ValueProblem {
    const path: ValuePath = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
    return { path, message: messageOf(issue) };
}

function messageOf(issue: v.BaseIssue<unknown>): string {
    switch (issue.type) {
        case "variant":
            if (issue.expected === "Object") {
                return `It is ${kindOf(issue.input)}, where an object is expected.`;
            }
            return `${issue.received === "undefined" ? "The kind is missing." : `There is no kind ${issue.received}.`} Possible are ${listExpected(issue.expected)}.`;
        case "picklist":
        case "literal":
            return `It is ${issue.received}; possible is ${listExpected(issue.expected)}.`;
        case "strict_object":
        case "check":
        case "regex":
        case "integer":
        case "min_value":
        case "max_value":
            return issue.message;
        default:
            return `It is ${kindOf(issue.input)}, where ${expectedKinds[issue.type] ?? issue.type} is expected.`;
    }
}

const expectedKinds: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    boolean: "true or false",
    array: "a list",
    record: "an object",
};

function kindOf(value: unknown): string {
    return value === null
        ? "null"
        : Array.isArray(value)
          ? "a list"
          : typeof value === "object"
            ? "an object"
            : typeof value === "string"
              ? "a text"
              : `a ${typeof value}`;
}

function listExpected(expected: string | null): string {
    return (expected ?? "").replaceAll(/[()"]/g, "").split(" | ").join(", ");
}
