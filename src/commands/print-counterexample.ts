import type { Counterexample } from "../prove/find-counterexample.js";
import type { ScratchWarehouse } from "../prove/scratch-warehouse.js";
import { formatChange, type SourceRow } from "../prove/source-rows.js";
import type { SourceTable } from "../prove/source-tables.js";
import { formatQualified } from "../sql/identifiers.js";
import { typeIds } from "../text/column-types.js";
import { formatTable } from "../text/format-table.js";
import { formatQuantity, formatRowCounts } from "../text/format-values.js";
import { formatRowChange } from "./format-row-change.js";
import { styled, type Output } from "./output.js";

/** Prints the rows and changes of a counterexample, and the cells in which the build differs from a full refresh. */
export function printCounterexample(
    { fault, rows, batches, isRepeatable, isAmbiguous, round }: Counterexample & { readonly round: number },
    { tables, graph }: ScratchWarehouse,
    again: string,
    output: Output,
): void {
    const model = graph.models.get(fault.modelName);
    const tableOf = (source: string): SourceTable | undefined => tables.find((each) => each.source.name === source);
    const steps = batches.map((changes) =>
        changes.flatMap((change) => {
            const table = tableOf(change.source);
            return table === undefined ? [] : [formatChange(table, change)];
        }),
    );
    if (output.isJson) {
        output.record({
            type: "counterexample",
            round,
            modelName: fault.modelName,
            ...(fault.kind === "fails"
                ? { buildFailsWith: fault.message }
                : { rows: fault.result.rows, differences: fault.result.differences }),
            sources: Object.fromEntries(rows),
            steps,
            isRepeatable,
            isAmbiguous,
            command: again,
        });
        return;
    }
    const what = fault.kind === "fails" ? "cannot be built, but refreshed whole" : "differs from a full refresh";
    output.line([styled("red", "✗ "), styled("bold", fault.modelName), ` ${what}.`]);
    if (!isRepeatable) {
        output.line("The same once more did not show it, so nothing is left out of what follows.");
    }
    for (const [source, own] of rows) {
        const table = tableOf(source);
        if (table !== undefined && own.length > 0) {
            output.line("");
            output.line([
                styled("bold", formatQualified(table.schema, table.table)),
                ` holds ${formatQuantity(own.length, "row")}:`,
            ]);
            printRows(table, own, output);
        }
    }
    output.line("");
    output.line("All is built. Then, with a build after each step:");
    for (const [place, statements] of steps.entries()) {
        for (const [index, statement] of statements.entries()) {
            output.line(`  ${index === 0 ? `${place + 1}.` : "  "} ${statement};`);
        }
    }
    output.line("");
    if (fault.kind === "fails") {
        output.line(`The build fails: ${fault.message}`);
    } else {
        output.line(
            `What is published, and → what a full refresh makes of it (${formatRowCounts(fault.result.rows)}):`,
        );
        const key = model?.materialisation === "table" ? model.primaryKey : [];
        for (const difference of fault.result.differences) {
            output.line(`  ${formatRowChange(difference, key)}`);
        }
    }
    output.line("");
    if (isAmbiguous) {
        output.line(
            "A full refresh gives other rows as well when the sources hold theirs in another order: the SELECT leaves open which of several rows it takes. Order by more columns.",
        );
    }
    const declared = model?.materialisation === "table" ? Object.keys(model.affectedBy) : [];
    if (declared.length > 0) {
        output.line(
            `Its file says by affectedBy what changes of ${declared.join(", ")} affect; without that it follows from the SELECT.`,
        );
    }
    output.line(`\`stardeck explain ${fault.modelName}\` shows which entities a change affects. The same run again:`);
    output.line(`  ${again}`);
}

/** Leaves out columns without values, except those of the key. */
function printRows({ columns, source }: SourceTable, rows: readonly SourceRow[], output: Output): void {
    const shown = columns
        .map(({ name }) => name)
        .filter((name) => source.key.includes(name) || rows.some((row) => (row[name] ?? null) !== null));
    const cells = rows.map((row) => shown.map((name) => row[name] ?? null));
    const tableColumns = shown.map((name) => ({ name, typeId: typeIds.text, isKey: source.key.includes(name) }));
    for (const line of formatTable(tableColumns, cells, output.width === undefined ? undefined : output.width - 2)) {
        output.line(`  ${line}`);
    }
}
