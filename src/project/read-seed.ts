import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import { basename } from "node:path";
import { nearestNameOrNull } from "../text/nearest-name.js";
import { formatQuantity } from "../text/format-values.js";
import { parseCsv, type CsvRecord } from "../text/parse-csv.js";
import { isSnakeCase } from "./check-definition.js";
import { failed, type FileReader, type Read } from "./file-reader.js";
import type { FoundFile } from "./find-files.js";
import { problemOf, ProjectError, type FileProblem } from "./problem.js";
import type { SeedFile, SourceFile } from "./project.js";
import type { Config } from "./read-config.js";

/** What is known from a CSV file alone. */
interface ReadCsv {
    /** With types inferred from the values. */
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rowCount: number;
    readonly checksum: string;
}

/** The column of a seed's table with the time when a row was loaded. */
export const loadedColumn = "loaded_at";

const mostSeedBytes = 10 * 1024 * 1024;

/** Limited because landing keeps the whole text in memory, and a record for each row. */
const mostLandedBytes = 256 * 1024 * 1024;

const landIt = "Land it with `stardeck land`, or with COPY, and declare it as a source.";

/** Reads a file of `seeds-sql`: a header and rows, which become a table. */
export function readSeed(reader: FileReader, file: FoundFile, config: Config): Read<SeedFile> {
    const read = reader.readBytes(file, (bytes) =>
        bytes.length > mostSeedBytes
            ? failed<ReadCsv>(problemOf(file.path, "It is larger than 10 MB.", landIt))
            : parse(file.path, bytes),
    );
    if (read.value === null) {
        return { value: null, problems: read.problems };
    }
    const problems: FileProblem[] = [...read.problems];
    const name = basename(file.path, ".csv");
    const { columns, rowCount, checksum } = read.value;
    if (!isSnakeCase(name) || name.length > 63) {
        problems.push(
            problemOf(
                file.path,
                `The name "${name}" must be lower snake case: letters, digits and underscores.`,
                "Rename the file.",
            ),
        );
    }
    const said = config.seedTables[name];
    for (const column of Object.keys(said?.columns ?? {})) {
        const names = columns.map((each) => each.name);
        if (!names.includes(column)) {
            const nearest = nearestNameOrNull(column, names);
            problems.push(
                problemOf(
                    file.path,
                    `The configuration types its column "${column}", which it does not have.`,
                    nearest === null ? `It has ${names.join(", ")}.` : `Did you mean ${nearest}?`,
                ),
            );
        }
    }
    const typed = columns.map((column) => ({ name: column.name, type: said?.columns?.[column.name] ?? column.type }));
    return {
        value: {
            name,
            schema: config.seedSchema,
            path: file.path,
            description: said?.description ?? "",
            columns: typed,
            rowCount,
            checksum: createHash("sha256")
                .update(JSON.stringify([checksum, typed]))
                .digest("hex")
                .slice(0, 32),
        },
        problems,
    };
}

/** The source for the table of a CSV file, which models read like any other source. */
export function makeSeedSource({ name, schema, path, description, columns }: SeedFile): SourceFile {
    return {
        name,
        table: name,
        schema,
        description,
        kind: "seed",
        key: columns.slice(0, 1).map((column) => column.name),
        versionColumn: loadedColumn,
        loadCursor: null,
        deletes: "follow",
        keepsHistory: false,
        columns,
        freshness: null,
        isRequired: false,
        path,
        line: 1,
    };
}

function parse(path: string, bytes: Buffer): Read<ReadCsv> {
    const fail = (message: string, hint: string | null = null, line: number | null = null): Read<ReadCsv> => ({
        value: null,
        problems: [{ path, line, column: null, lineText: null, message, hint }],
    });
    if (bytes.includes(0) || !isUtf8(bytes)) {
        return fail("It is not written in UTF-8.", "Save it as CSV in UTF-8.");
    }
    const { records, unclosedLine } = parseCsv(textOf(bytes));
    if (unclosedLine !== null) {
        return fail("A quoted value has no end.", "Close it with a quotation mark.", unclosedLine);
    }
    const [header, ...rows] = records;
    if (header === undefined) {
        return fail("It is empty.", "Its first line names the columns.");
    }
    const names = header.fields.map((field) => (field ?? "").trim());
    if (names.includes("")) {
        return fail("A column has no name.", "Its first line names every column.", header.line);
    }
    if (names.includes(loadedColumn)) {
        return fail(`stardeck adds the column "${loadedColumn}" itself.`, "Rename it.", header.line);
    }
    const seen = new Set<string>();
    const twice = names.find((name) => seen.size === seen.add(name).size);
    if (twice !== undefined) {
        return fail(`There are two columns "${twice}".`, "Rename one of them.", header.line);
    }
    const ragged = rows.find(({ fields }) => fields.length !== names.length);
    if (ragged !== undefined) {
        return fail(
            `It has ${formatQuantity(ragged.fields.length, "value")}, and the header ${names.length}.`,
            "Put a value with a comma or a line break in it into quotation marks.",
            ragged.line,
        );
    }
    return {
        value: {
            columns: names.map((name, index) => ({ name, type: inferType(rows, index) })),
            rowCount: rows.length,
            checksum: createHash("sha256").update(bytes).digest("hex"),
        },
        problems: [],
    };
}

/**
 * The columns in the header of a CSV file, with types inferred from the values.
 *
 * @throws ProjectError
 */
export function describeCsv(path: string, bytes: Buffer): ReadCsv["columns"] {
    const { value, problems } =
        bytes.length > mostLandedBytes
            ? failed<ReadCsv>(problemOf(path, "It is larger than 256 MB.", "Divide it, or append it by psql's \\copy."))
            : parse(path, bytes);
    if (value === null) {
        throw new ProjectError(problems);
    }
    return value.columns;
}

/** The records of a CSV file that `describeCsv` or `readSeed` has accepted; the first is the header. */
export function recordsOf(bytes: Buffer): readonly CsvRecord[] {
    return parseCsv(textOf(bytes)).records;
}

/** The text of a CSV file, with `\n` at the end of each line. */
function textOf(bytes: Buffer): string {
    const text = bytes.toString("utf8");
    return (text.startsWith("\ufeff") ? text.slice(1) : text).replaceAll(/\r\n?/g, "\n");
}

// A number with a leading zero is a code: 0049 is not 49.
const whole = /^-?(?:0|[1-9]\d*)$/;
const timestamp = /^\d{4}-\d\d-\d\d[ T](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?$/;
const zone = /(?:Z|[+-](?:0\d|1[0-5]):?[0-5]\d)$/;

const types: readonly (readonly [type: string, holds: (value: string) => boolean])[] = [
    ["boolean", (value) => /^(?:true|false)$/i.test(value)],
    ["integer", (value) => whole.test(value) && Math.abs(Number(value)) <= 2_147_483_647],
    ["bigint", (value) => whole.test(value) && value.replace("-", "").length <= 18],
    ["numeric", (value) => /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value)],
    ["date", (value) => /^\d{4}-\d\d-\d\d$/.test(value) && isDate(value)],
    ["timestamp without time zone", (value) => timestamp.test(value) && isDate(value)],
    [
        "timestamp with time zone",
        (value) => timestamp.test(value.replace(zone, "")) && zone.test(value) && isDate(value),
    ],
];

/** The narrowest type that holds every value, else `text`. */
function inferType(rows: readonly CsvRecord[], column: number): string {
    const values = rows.flatMap(({ fields }) => fields[column] ?? []);
    return values.length === 0 ? "text" : (types.find(([, holds]) => values.every(holds))?.[0] ?? "text");
}

/** Whether it begins with a day of the calendar. PostgreSQL has no year 0. */
function isDate(value: string): boolean {
    const date = value.slice(0, 10);
    const parsed = new Date(`${date}T00:00:00Z`);
    return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) && !date.startsWith("0000");
}
