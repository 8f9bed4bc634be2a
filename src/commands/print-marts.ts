import type { Database } from "../database/database.js";
import { listRelations, loadColumns } from "../browse/find-relation.js";
import { findPresentedOrNull, presentModel, titleOf } from "../browse/present-model.js";
import { readPages, type ResultPage } from "../browse/read-pages.js";
import { formatJsonRow } from "../text/format-json.js";
import { listMarts, loadRegistry } from "../warehouse/registry.js";
import type { Invocation } from "./command.js";
import { styled, type Output } from "./output.js";
import { formatQuantity } from "../text/format-values.js";
import { uniqueNames } from "../text/unique-names.js";
import { escapeUnseen } from "../text/visible-text.js";
import { buildShowSql } from "./show.js";
import { describeHidden, makeResultWriter } from "./write-result.js";

const rowsPerMart = 20;

/** Prints the first rows of every mart as a table below its name and description. */
export async function printMarts(
    database: Database,
    { output, signal }: Pick<Invocation, "output" | "signal">,
): Promise<void> {
    const registry = await loadRegistry(database);
    const titles = new Map(registry.models.map((model) => [model.name, titleOf(model)]));
    const marts = listRelations({ ...registry, models: listMarts(registry), sources: [] });
    for (const mart of marts) {
        const known = await loadColumns(database, mart);
        const { columns, sorts } = presentModel(known, findPresentedOrNull(registry, mart));
        const names = (output.isJson ? known : columns).map(({ name }) => name);
        const sql = buildShowSql(mart, names, sorts, undefined, rowsPerMart);
        if (output.isJson) {
            await readPages(database, sql, (page) => writeJsonRows(mart.name, page, output), {
                signal,
                isGuarded: false,
            });
            continue;
        }
        output.line("");
        output.line([styled("bold", mart.name), `: ${titles.get(mart.name) ?? mart.description}`]);
        const writer = makeResultWriter("table", output, rowsPerMart, columns);
        await readPages(database, sql, (page) => writer.writePage(page), { signal, isGuarded: false });
        if (writer.hiddenColumns.length > 0) {
            output.line(`… ${describeHidden(writer.hiddenColumns)}`);
        }
        if (writer.hasMore) {
            output.line(
                `… the first ${formatQuantity(rowsPerMart, "row")}; \`stardeck show ${mart.name} --limit 0\` shows all`,
            );
        }
    }
}

async function writeJsonRows(martName: string, { fields, rows }: ResultPage, output: Output): Promise<void> {
    const model = escapeUnseen(JSON.stringify(martName));
    const names = uniqueNames(fields);
    const lines = rows
        .slice(0, rowsPerMart)
        .map((row) => `{"type":"row","model":${model},"row":${formatJsonRow(fields, names, row)}}\n`);
    await output.rows(lines.join(""));
}
