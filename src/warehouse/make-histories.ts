import {
    historyIsDeleted,
    historyName,
    historySchema,
    historySeenAt,
    historyVersion,
} from "../project/source-history.js";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../sql/identifiers.js";
import { madeBy } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";

/** A source with `keepsHistory`. */
export interface KeptSource {
    readonly name: string;
    readonly schema: string;
    readonly table: string;
}

/** The table with the versions of a source, quoted. */
export function historyRelation({ name }: Pick<KeptSource, "name">): string {
    return quoteQualified(historySchema, name);
}

/**
 * Makes the tables that hold the versions of sources, and adds columns that the sources have gained since. It never removes a version
 * or a column, because that could not be undone.
 */
export async function makeHistories(database: Queryable, sources: readonly KeptSource[]): Promise<void> {
    if (sources.length === 0) {
        return;
    }
    const { rows } = await database.query(`select from pg_namespace where nspname = ${quoteLiteral(historySchema)}`);
    if (rows.length === 0) {
        await database.query(
            `create schema ${historySchema}; comment on schema ${historySchema} is ${quoteLiteral(`${madeBy}versions of sources`)}`,
        );
    }
    for (const source of sources) {
        await makeHistory(database, source);
    }
}

async function makeHistory(database: Queryable, source: KeptSource): Promise<void> {
    const history = historyRelation(source);
    const { rows: found } = await database.query<{ isThere: boolean }>(
        `select to_regclass(${quoteLiteral(history)}) is not null as "isThere"`,
    );
    if (found[0]?.isThere !== true) {
        await database.query(
            `create table ${history} (
                ${historyVersion} bigint generated always as identity primary key,
                ${historySeenAt} timestamptz not null,
                ${historyIsDeleted} boolean not null
            );
            comment on table ${history} is ${quoteLiteral(`Versions of ${source.schema}.${source.table}: what the source ${historyName(source.name)} reads.`)}`,
        );
    }
    const { rows: missing } = await database.query<{ column: string }>(
        `select format('%I %s', attname, format_type(atttypid, atttypmod))
            || coalesce(
                (
                    select format(' collate %I.%I', nspname, collname)
                    from pg_collation
                    join pg_namespace as place on place.oid = collnamespace
                    where pg_collation.oid = attcollation and collname <> 'default'
                ),
                ''
            ) as column
        from pg_attribute
        join pg_class on pg_class.oid = attrelid
        join pg_namespace as namespace on namespace.oid = relnamespace
        where namespace.nspname = ${quoteLiteral(source.schema)} and relname = ${quoteLiteral(source.table)}
            and attnum > 0 and not attisdropped
            and not exists (
                select
                from pg_attribute as kept
                where kept.attrelid = to_regclass(${quoteLiteral(history)}) and kept.attname = pg_attribute.attname
                    and kept.attnum > 0 and not kept.attisdropped
            )
        order by attnum`,
    );
    if (missing.length > 0) {
        await database.query(
            `alter table ${history} ${missing.map(({ column }) => `add column ${column}`).join(", ")}`,
        );
    }
}

/** Quoted, in the order of their use by `appendVersions`. */
export const historyColumns = [historySeenAt, historyIsDeleted].map(quoteIdentifier);
