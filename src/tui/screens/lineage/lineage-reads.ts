import {
    loadReadColumns,
    loadUsedColumns,
    type ReadColumn,
    type UsedColumn,
} from "../../../warehouse/column-lineage.js";
import type { App } from "../../app/app.js";
import { makeKeyedReads, type KeyedReads } from "../../kit/keyed-reads.js";

/** The columns of a model or source: who reads them, and which of others it reads itself. */
export interface NodeColumns {
    readonly own: readonly UsedColumn[];
    readonly reads: readonly ReadColumn[];
}

/** By the name of the model or source. */
export type LineageReads = KeyedReads<NodeColumns>;

const statementTimeoutMs = 5000;

export function makeLineageReads(app: App): LineageReads {
    const columns = makeKeyedReads((name) => {
        const { graph } = app.catalogue.get().value ?? {};
        const model = graph?.models.get(name);
        const schema = model?.schema ?? graph?.sources.get(name)?.schema;
        return schema === undefined
            ? null
            : app.read((database) =>
                  database.withReadOnlyTransaction(
                      async (connection) => ({
                          own: await loadUsedColumns(connection, { schema, name }),
                          reads: model === undefined ? [] : await loadReadColumns(connection, model),
                      }),
                      { statementTimeoutMs },
                  ),
              );
    });
    app.catalogue.subscribe(() => {
        if (!app.catalogue.get().isLoading) {
            columns.forget();
        }
    });
    return columns;
}
