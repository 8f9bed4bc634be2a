import { readFileSync } from "node:fs";
import { errorMessage, StardeckError } from "../config/errors.js";
import { resolvePath } from "../config/resolve-path.js";
import { describeCsv, recordsOf } from "../project/read-seed.js";
import { formatQualified, quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { formatQuantity } from "../text/format-values.js";
import { didYouMean } from "../text/nearest-name.js";
import { copyRecords } from "../warehouse/copy-records.js";
import type { Queryable } from "../warehouse/queryable.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { loadSourceSchema } from "./load-project.js";
import { openForWriting } from "./open-database.js";

const flags = {
    intoServer: {
        type: "boolean",
        description:
            "Also on a server, whose tables are somebody's; without it only the embedded database is written to",
    },
} as const;

export const command = defineCommand({
    name: "land",
    description:
        'Appends the rows of a CSV file to a landing table, all or none. Its first line names the columns; those that it leaves out get their defaults.\nA table that is not there is made, with the types that the values have. An empty value is null, and "" is empty text, as in PostgreSQL\'s COPY.',
    arguments: [
        { name: "FILE", description: "A CSV file in UTF-8 with a header.", isRequired: true },
        { name: "TABLE", description: "The table: orders, or staging.orders.", isRequired: true },
    ],
    flags,
    examples: [{ command: "stardeck land orders.csv staging.orders", does: "Append the rows of orders.csv." }],
    writes: true,
    endsWhenInterrupted: "at-once",
    run: land,
});

/** Appends the rows of a file to a landing table. */
export async function land({
    arguments: [file = "", table = ""],
    flags: { intoServer = false },
    settings,
    workingFolder,
    output,
}: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    if (settings.database.kind === "server" && !intoServer) {
        throw new StardeckError(`${settings.database.name} is a server, whose tables are not stardeck's to fill.`, {
            code: "usage",
            hint: "Add --into-server if they are yours to fill. Nothing was written.",
        });
    }
    const bytes = readFile(resolvePath(workingFolder, file), file);
    const columns = describeCsv(file, bytes);
    const [, ...records] = recordsOf(bytes);
    const given = parseName(table);
    const landed = await openForWriting({ settings, output }, async (database) => {
        const { name } = given;
        const schema = given.schema ?? (await loadSourceSchema(settings, database));
        await database.withTransaction(async (connection) => {
            await prepareTable(connection, schema, name, columns);
            try {
                const names = columns.map((column) => column.name);
                await copyRecords(connection, { schema, name }, names, records);
            } catch (error) {
                throw new StardeckError(
                    `${file} does not fit ${formatQualified(schema, name)}: ${errorMessage(error)}.`,
                    {
                        code: "failed",
                        hint: "Correct the value. Nothing was written.",
                        cause: error,
                    },
                );
            }
        });
        return { schema, table: name };
    });
    if (output.isJson) {
        output.record({ type: "landed", ...landed, rows: records.length });
    } else {
        output.line(
            `Landed ${formatQuantity(records.length, "row")} in ${formatQualified(landed.schema, landed.table)}.`,
        );
    }
    return exitCodes.done;
}

function readFile(path: string, given: string): Buffer {
    try {
        return readFileSync(path);
    } catch (error) {
        throw new StardeckError(`${given} cannot be read: ${errorMessage(error)}.`, { code: "usage", cause: error });
    }
}

/** @throws StardeckError `usage` */
function parseName(table: string): { readonly schema: string | null; readonly name: string } {
    const parts = [...table.matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
    );
    const [first = "", second] = parts;
    if (parts.length > 2 || first === "") {
        throw new StardeckError(`"${table}" is no table's name.`, {
            code: "usage",
            hint: "Write orders, or staging.orders; a name with a dot in it stands in quotation marks.",
        });
    }
    return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}

/** Makes the table if it is missing, otherwise checks that it has the file's columns. */
async function prepareTable(
    database: Queryable,
    schema: string,
    name: string,
    columns: readonly { readonly name: string; readonly type: string }[],
): Promise<void> {
    const { rows } = await database.query<{ name: string }>(
        `select attname::text as name
        from pg_attribute
        where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
        order by attnum`,
        [quoteQualified(schema, name)],
    );
    const names = rows.map((row) => row.name);
    if (names.length === 0) {
        const list = columns.map((column) => `${quoteIdentifier(column.name)} ${column.type}`).join(", ");
        await database.query(`create schema if not exists ${quoteIdentifier(schema)}`);
        await database.query(`create table ${quoteQualified(schema, name)} (${list})`);
        return;
    }
    const unknown = columns.find((column) => !names.includes(column.name));
    if (unknown !== undefined) {
        throw new StardeckError(`${formatQualified(schema, name)} has no column "${unknown.name}".`, {
            code: "failed",
            hint: didYouMean(unknown.name, names, `It has ${names.join(", ")}.`),
        });
    }
}
