import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import type { RoleSetting } from "../database/session-settings.js";
import { quoteIdentifier, quoteQualified } from "../sql/identifiers.js";
import { checkCondition } from "../browse/check-given-sql.js";
import { findRelation, loadColumns, type ReadableRelation } from "../browse/find-relation.js";
import type { Sort } from "../browse/grid-view.js";
import { findPresentedOrNull, presentModel } from "../browse/present-model.js";
import type { TableColumn } from "../text/format-table.js";
import { didYouMean } from "../text/nearest-name.js";
import { readPages } from "../browse/read-pages.js";
import { loadRegistry } from "../warehouse/registry.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { formatQuantity } from "../text/format-values.js";
import { openDatabase } from "./open-database.js";
import type { Output } from "./output.js";
import { describeHidden, formatFlag, makeResultWriter, parseResultFormat, type ResultFormat } from "./write-result.js";

const defaultLimit = 20;

const flags = {
    limit: {
        type: "number",
        placeholder: "N",
        isWhole: true,
        least: 0,
        most: Number.MAX_SAFE_INTEGER - 1,
        description: `Rows to show at most (default: ${defaultLimit}; 0: all)`,
    },
    where: { type: "string", placeholder: "SQL", description: "Only rows for which this condition is true" },
    columns: { type: "string", placeholder: "NAMES", description: "Only these columns, separated by commas" },
    format: formatFlag,
} as const;

export const command = defineCommand({
    name: "show",
    description:
        "Shows rows of a model or source, in a read-only transaction: in the order that its file says, or else of its primary key, a mart's newest period first. In a terminal, columns that have no room are left out and named; no figure and no key is cut.",
    arguments: [{ name: "MODEL", isRequired: true, description: "model or source, with or without its schema" }],
    flags,
    examples: [
        { command: "stardeck show mart_weekly_discounts", does: "The first weeks of a mart." },
        {
            command: `stardeck show fct_orders --where "status = 'SHIPPED'" --limit 0 --format csv > shipped.csv`,
            does: "All shipped orders as a CSV file.",
        },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: show,
});

/** Prints rows of one model or source. */
export async function show(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output, signal } = invocation;
    const [name = ""] = invocation.arguments;
    const { limit = defaultLimit, columns } = invocation.flags;
    const where = invocation.flags.where === undefined ? undefined : checkCondition(invocation.flags.where);
    const format = parseResultFormat(invocation.flags.format, settings.json);
    return openDatabase({ settings, output }, async (database) => {
        const registry = await loadRegistry(database);
        const relation = findRelation(registry, name);
        const known = await loadColumns(database, relation);
        const presented = presentModel(known, findPresentedOrNull(registry, relation));
        // Formats for programs keep the table's column order.
        const shown = format === "table" ? presented.columns : known;
        const sql = buildShowSql(relation, chooseColumns(relation, shown, columns), presented.sorts, where, limit);
        const roleSettings = where === undefined ? [] : (["search_path"] as const);
        await showRows(database, { sql, roleSettings, limit, format, output, signal, looks: presented.columns });
        return exitCodes.done;
    });
}

interface RowsToShow {
    /** Returns one row more than `limit`, if there is one. */
    readonly sql: string;
    readonly roleSettings: readonly RoleSetting[];
    /** 0 for all. */
    readonly limit: number;
    readonly format: ResultFormat;
    readonly output: Output;
    readonly signal: AbortSignal;
    readonly looks: readonly TableColumn[];
}

async function showRows(
    database: Database,
    { sql, roleSettings, limit, format, output, signal, looks }: RowsToShow,
): Promise<void> {
    const writer = makeResultWriter(format, output, limit === 0 ? Number.POSITIVE_INFINITY : limit, looks);
    await readPages(database, sql, (page) => writer.writePage(page), { signal, roleSettings });
    await writer.end();
    if (writer.hiddenColumns.length > 0) {
        output.talk(`${describeHidden(writer.hiddenColumns)}; --columns NAMES chooses, --format csv has all.`);
    }
    if (writer.hasMore) {
        output.talk(`The first ${formatQuantity(limit, "row")}; --limit N shows more, --limit 0 all.`);
    } else if (format === "table") {
        output.talk(formatQuantity(writer.rowCount, "row"));
    }
}

/** `select "a", "b" from "marts"."x" where (…) order by "a" limit 21` */
export function buildShowSql(
    relation: ReadableRelation,
    columnNames: readonly string[],
    sorts: readonly Sort[],
    where: string | undefined,
    limit: number,
): string {
    const columns = columnNames.map(quoteIdentifier).join(", ");
    const order = (sorts.length === 0 ? relation.primaryKey.map((column) => ({ column, descending: false })) : sorts)
        .map(({ column, descending }) => `${quoteIdentifier(column)}${descending ? " desc nulls last" : ""}`)
        .join(", ");
    return [
        `select ${columns}`,
        `from ${quoteQualified(relation.schema, relation.name)}`,
        // The line break ends a possible comment in the condition.
        ...(where === undefined ? [] : [`where (${where}\n)`]),
        ...(order === "" ? [] : [`order by ${order}`]),
        ...(limit === 0 ? [] : [`limit ${limit + 1}`]),
    ].join("\n");
}

/** @throws StardeckError `usage` for a column that the relation does not have. */
function chooseColumns(
    relation: ReadableRelation,
    columns: readonly TableColumn[],
    given: string | undefined,
): readonly string[] {
    const known = columns.map(({ name }) => name);
    if (given === undefined) {
        return known;
    }
    return given.split(",").map((part) => {
        const name = part.trim();
        if (!known.includes(name)) {
            throw new StardeckError(`${relation.name} has no column "${name}".`, {
                code: "usage",
                hint: didYouMean(name, known, `It has: ${known.join(", ")}.`),
            });
        }
        return name;
    });
}
