import type { OriginColumn } from "../derivation/column-lineage.js";
import type { SourceTable } from "./source-tables.js";

/** A column of a source, by the source's name. */
export interface SourceColumnName {
    readonly source: string;
    readonly column: string;
}

/** Columns of sources that joins compare: random values for one are drawn from the values of the other. */
export class Links {
    /** Each link in both directions. */
    readonly directed: readonly { readonly from: SourceColumnName; readonly to: SourceColumnName }[];

    /** @param compared the columns that models compare with each other */
    constructor(tables: readonly SourceTable[], compared: readonly (readonly [OriginColumn, OriginColumn])[]) {
        const nameOf = ({ schema, relation, column }: OriginColumn): SourceColumnName | null => {
            const table = tables.find((each) => each.schema === schema && each.table === relation);
            return table === undefined ? null : { source: table.source.name, column };
        };
        const references = tables.flatMap(({ schema, table: relation, references: own }) =>
            own.flatMap((reference) =>
                reference.columns.map((column, place): readonly [OriginColumn, OriginColumn] => [
                    { schema, relation, column },
                    { schema: reference.schema, relation: reference.table, column: reference.toColumns[place] ?? "" },
                ]),
            ),
        );
        this.directed = [...references, ...compared].flatMap(([left, right]) => {
            const [one, other] = [nameOf(left), nameOf(right)];
            return one === null || other === null || (one.source === other.source && one.column === other.column)
                ? []
                : [
                      { from: one, to: other },
                      { from: other, to: one },
                  ];
        });
    }

    /** The columns that are linked with this one. */
    of({ source, column }: SourceColumnName): readonly SourceColumnName[] {
        return this.directed.filter(({ from }) => from.source === source && from.column === column).map(({ to }) => to);
    }
}
