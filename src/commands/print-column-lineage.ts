import { describeColumn, type ColumnLineage } from "../browse/load-column-lineage.js";
import { formatLineageTree, makeLineageTree } from "../text/graph/lineage-tree.js";
import { cutToWidth } from "../text/visible-text.js";
import type { Output } from "./output.js";

/** Prints what a column is made from, what is made from it, and what decides which rows its model has. */
export function printColumnLineage({ relation, column, graph }: ColumnLineage, output: Output): void {
    const key = `${relation}.${column}`;
    if (output.isJson) {
        output.record({
            type: "column_lineage",
            relation,
            column,
            expressions: graph.expressionsOf(key),
            madeFrom: graph.madeFrom(key),
            rowsDecidedBy: graph.rowsOf(relation),
            dependsOn: graph.dependsOn(key),
            usedBy: graph.usedBy(key),
            decidesRowsOf: graph.decides(key),
        });
        return;
    }
    const print = (line: string): void => {
        output.line(output.width === undefined ? line : cutToWidth(line, output.width));
    };
    const list = (heading: string, lines: readonly string[]): void => {
        if (lines.length > 0) {
            print(heading);
            for (const line of lines) {
                print(`  ${line}`);
            }
        }
    };
    const label = (name: string): string => describeColumn(name, graph);
    const above = formatLineageTree(makeLineageTree(key, graph.madeFrom), label);
    const isModel = graph.columnsOf(relation).length > 0;
    print(label(key));
    list("made from", above.length > 0 || !isModel ? above : ["no column"]);
    list("which rows there are is decided by", graph.rowsOf(relation));
    list("needed by", formatLineageTree(makeLineageTree(key, graph.usedBy), label));
    list("decides which rows there are in", graph.decides(key));
}
