import { statementSettings } from "../database/session-settings.js";
import { readPages } from "../browse/read-pages.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { openDatabase } from "./open-database.js";
import { formatFlag, makeResultWriter, parseResultFormat } from "./write-result.js";

const flags = { format: formatFlag } as const;

export const command = defineCommand({
    name: "query",
    description:
        "Runs one SELECT (or WITH, VALUES, TABLE) in a read-only transaction and prints its rows as they arrive.",
    arguments: [{ name: "SQL", isRequired: true, description: "the statement, in quotes" }],
    flags,
    examples: [
        {
            command: 'stardeck query "select status, count(*) from warehouse.fct_orders group by status"',
            does: "Orders by status.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: query,
});

/** Prints the rows of one statement. */
export async function query(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output, signal } = invocation;
    const [sql = ""] = invocation.arguments;
    const format = parseResultFormat(invocation.flags.format, settings.json);
    const writer = makeResultWriter(format, output);
    await openDatabase(settings, (database) =>
        readPages(database, sql, (page) => writer.writePage(page), {
            signal,
            roleSettings: statementSettings,
        }),
    );
    await writer.end();
    if (format === "table") {
        output.talk(formatQuantity(writer.rowCount, "row"));
    }
    return exitCodes.done;
}
