import type { Connection } from "../database/connection.js";
import type { Queryable } from "../warehouse/registry.js";
import type { SourceState } from "./source-state.js";

/** Which columns of which table a copy holds. If that differs from what is needed, the copy is made again. */
export interface CopyDefinition {
    readonly schema: string;
    readonly table: string;
    readonly keyColumns: readonly string[];
    /** In the copy's order. */
    readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** The private copy of a source that is changed in place: the columns that models read, as the last build saw them. */
export interface SourceCopy {
    readonly definition: CopyDefinition;
    /** The source's state when the copy was equal to it. */
    readonly state: SourceState;
}

/** Loads all copies, by the source's name. */
export async function loadSourceCopies(database: Queryable): Promise<ReadonlyMap<string, SourceCopy>> {
    const { rows } = await database.query<SourceState & { sourceName: string; definition: CopyDefinition }>(
        `select
            source_name as "sourceName", definition, row_count::float8 as "rowCount", newest, snapshot, mark
        from ops.source_copy`,
    );
    return new Map(
        rows.map(({ sourceName, definition, rowCount, newest, snapshot, mark }) => [
            sourceName,
            { definition, state: { rowCount, newest, snapshot, mark } },
        ]),
    );
}

/** Records a copy's definition and the source's state; commits with the copy. */
export async function saveSourceCopy(
    connection: Connection,
    sourceName: string,
    { definition, state }: SourceCopy,
): Promise<void> {
    await connection.query(
        `insert into ops.source_copy (source_name, definition, row_count, newest, snapshot, mark)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (source_name) do update
        set definition = excluded.definition, row_count = excluded.row_count, newest = excluded.newest,
            snapshot = excluded.snapshot, mark = excluded.mark`,
        [
            sourceName,
            JSON.stringify(definition),
            state.rowCount,
            state.newest,
            state.snapshot,
            JSON.stringify(state.mark),
        ],
    );
}
