import { statementSettings } from "../database/session-settings.js";
import { readPages } from "../browse/read-pages.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { openDatabase } from "./open-database.js";
import { readSql } from "./read-sql.js";
import { describeHidden, formatFlag, makeResultWriter, parseResultFormat } from "./write-result.js";

const flags = {
    file: {
        type: "string",
        placeholder: "FILE",
        letter: "f",
        description: "Read the statement from a file; - for stdin",
    },
    format: formatFlag,
} as const;

export const command = defineCommand({
    name: "query",
    description:
        "Runs one SELECT (or WITH, VALUES, TABLE) in a read-only transaction and prints its rows as they arrive; EXPLAIN shows its plan.",
    arguments: [{ name: "SQL", isRequired: false, description: "the statement, in quotes; - or none for stdin" }],
    flags,
    examples: [
        {
            command: 'stardeck query "select status, count(*) from warehouse.fct_orders group by status"',
            does: "Orders by status.",
        },
        { command: "stardeck query --file report.sql --format csv > report.csv", does: "A SQL file, as it is." },
        {
            command: 'stardeck query "explain select * from warehouse.fct_orders"',
            does: "How PostgreSQL would run it.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: query,
});

/** Prints the rows of one statement. */
export async function query(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, workingFolder, output, signal, stdin } = invocation;
    const [argument] = invocation.arguments;
    const sql = await readSql({ argument, file: invocation.flags.file, workingFolder, stdin, signal });
    const format = parseResultFormat(invocation.flags.format, settings.json);
    const writer = makeResultWriter(format, output);
    await openDatabase({ settings, output }, (database) =>
        readPages(database, sql, (page) => writer.writePage(page), {
            signal,
            roleSettings: statementSettings,
        }),
    );
    await writer.end();
    if (writer.hiddenColumns.length > 0) {
        output.talk(`${describeHidden(writer.hiddenColumns)}; --format csv has all.`);
    }
    if (format === "table") {
        output.talk(formatQuantity(writer.rowCount, "row"));
    }
    return exitCodes.done;
}
