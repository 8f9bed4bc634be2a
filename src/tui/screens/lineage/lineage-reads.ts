import {
    loadReadColumns,
    loadUsedColumns,
    type ReadColumn,
    type UsedColumn,
} from "../../../warehouse/column-lineage.js";
import { loadColumnGraph, type ColumnGraph } from "../../../warehouse/column-graph.js";
import type { App } from "../../app/app.js";
import { makeKeyedLoad, type KeyedLoad } from "../../kit/load.js";

/** The columns of a model or source: who reads them, and which other columns it reads itself. */
export interface NodeColumns {
    readonly own: readonly UsedColumn[];
    readonly reads: readonly ReadColumn[];
    /** What makes each column of a model, up to the models and sources that it reads; null for a source. */
    readonly lineage: ColumnGraph | null;
}

/** By name of the model or source. */
export type LineageReads = KeyedLoad<NodeColumns>;

const timeLimitMs = 5000;

export function makeLineageReads(app: App): LineageReads {
    const columns = makeKeyedLoad<NodeColumns>(
        app,
        (name, database, options) =>
            database.withReadOnlyTransaction(async (connection) => {
                const { graph } = app.catalogue.get().value ?? {};
                const model = graph?.models.get(name);
                return {
                    own: await loadUsedColumns(connection, graph?.relationOf(name) ?? { schema: "", name }),
                    reads: model === undefined ? [] : await loadReadColumns(connection, model),
                    lineage:
                        graph === undefined || model === undefined
                            ? null
                            : await loadColumnGraph(connection, [model], graph.models.values()),
                };
            }, options),
        timeLimitMs,
    );
    app.catalogue.subscribe(() => {
        if (!app.catalogue.get().isLoading) {
            columns.outdate();
        }
    });
    return columns;
}
