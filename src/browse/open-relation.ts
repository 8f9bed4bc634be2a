import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { StardeckError, StatementError } from "../database/errors.js";
import { estimateStatement } from "./estimate.js";
import { buildFromSql } from "./from-sql.js";
import { loadTypes } from "./load-types.js";
import { kindsByCode } from "./relation.js";
import type { BrowseColumn, ReadOptions, Relation, RelationIndex, RelationKind, RowIdentity } from "./relation.js";

/**
 * Any table, view or materialised view.
 *
 * @throws StardeckError `failed` when it is not in the database.
 */
export function openRelation(
    database: Database,
    name: { readonly schema: string; readonly name: string },
    options: ReadOptions,
): Promise<Relation> {
    return database.withReadOnlyTransaction(
        async (connection) => {
            const found = await loadClass(connection, name.schema, name.name);
            const indexes = await loadIndexes(connection, found.id);
            const primaryKey = indexes.find((index) => index.isPrimary)?.names ?? null;
            const identity = chooseIdentity(found, indexes);
            const columns = await loadColumns(connection, found.id, identity, indexes);
            const source = { from: "database", schema: name.schema, name: name.name } as const;
            const relation = { kind: found.kind, source, comment: found.comment, columns, primaryKey, identity };
            return {
                ...relation,
                indexes: indexes.flatMap((index) => index.inOrder ?? []),
                // The planner takes a table that was never analysed for one of ten pages.
                estimatedRows: found.isEmptyFile ? 0 : await estimateOrNull(connection, buildFromSql(relation)),
            };
        },
        { ...options, isGuarded: true },
    );
}

interface FoundClass {
    readonly id: number;
    readonly kind: RelationKind;
    readonly comment: string | null;
    readonly hasChildren: boolean;
    readonly isEmptyFile: boolean;
}

async function loadClass(connection: Connection, schema: string, name: string): Promise<FoundClass> {
    const { rows } = await connection.query<Omit<FoundClass, "kind"> & { readonly code: string }>(
        `select
            pg_class.oid as "id",
            pg_class.relkind as "code",
            obj_description(pg_class.oid, 'pg_class') as "comment",
            pg_class.relkind = 'p' or pg_class.relhassubclass as "hasChildren",
            case
                when pg_class.relkind in ('r', 'm') and not pg_class.relhassubclass
                then pg_relation_size(pg_class.oid) = 0
                else false
            end as "isEmptyFile"
        from pg_class
        inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
        where pg_namespace.nspname = $1 and pg_class.relname = $2`,
        [schema, name],
    );
    const [found] = rows;
    const kind = kindsByCode[found?.code ?? ""];
    if (found === undefined || kind === undefined) {
        throw new StardeckError(`There is no table or view ${schema}.${name} in the database.`, {
            code: "failed",
            hint: "It was dropped or never built: `stardeck debug` shows what is missing.",
        });
    }
    return { ...found, kind };
}

interface FoundIndex {
    readonly isPrimary: boolean;
    /** No two rows are equal in its columns. */
    readonly isIdentity: boolean;
    readonly names: readonly string[];
    /** Null if it cannot give rows in the order that `order by` asks for. */
    readonly inOrder: RelationIndex | null;
}

async function loadIndexes(connection: Connection, relationId: number): Promise<readonly FoundIndex[]> {
    const { rows } = await connection.query<{
        readonly name: string;
        readonly isPrimary: boolean;
        readonly isIdentity: boolean;
        readonly isOrdered: boolean;
        readonly columns: RelationIndex["columns"];
    }>(indexesSql, [relationId]);
    return rows.map(({ name, isPrimary, isIdentity, isOrdered, columns }) => ({
        isPrimary,
        isIdentity,
        names: columns.map((column) => column.name),
        inOrder: isOrdered ? { name, columns } : null,
    }));
}

// indoption: 1 is descending, 2 is nulls first; only 0 and 3 are the order of `asc` and `desc`.
const indexesSql = `
    select
        index_class.relname as "name",
        pg_index.indisprimary as "isPrimary",
        pg_index.indisunique and pg_index.indimmediate and bool_and(pg_attribute.attnotnull) as "isIdentity",
        pg_am.amname = 'btree'
            and bool_and(
                pg_opclass.opcdefault
                and pg_index.indcollation[part.place - 1] = pg_attribute.attcollation
                and pg_index.indoption[part.place - 1] in (0, 3)
            ) as "isOrdered",
        json_agg(
            json_build_object(
                'name', pg_attribute.attname, 'descending', pg_index.indoption[part.place - 1] & 1 = 1
            )
            order by part.place
        ) as "columns"
    from pg_index
    inner join pg_class as index_class on index_class.oid = pg_index.indexrelid
    inner join pg_am on pg_am.oid = index_class.relam
    cross join generate_series(1, pg_index.indnkeyatts) as part (place)
    inner join pg_attribute
        on pg_attribute.attrelid = pg_index.indrelid and pg_attribute.attnum = pg_index.indkey[part.place - 1]
    inner join pg_opclass on pg_opclass.oid = pg_index.indclass[part.place - 1]
    where pg_index.indrelid = $1 and pg_index.indisvalid and pg_index.indpred is null and pg_index.indexprs is null
    group by
        index_class.relname, pg_index.indexrelid, pg_index.indisprimary, pg_index.indisunique, pg_index.indimmediate,
        pg_index.indnkeyatts, pg_am.amname
    order by pg_index.indisprimary desc, pg_index.indnkeyatts, index_class.relname`;

function chooseIdentity({ kind, hasChildren }: FoundClass, indexes: readonly FoundIndex[]): RowIdentity {
    if (kind === "view" || kind === "foreign table") {
        return { by: "position" };
    }
    // Tables that inherit from this one may repeat its key.
    const unique = kind === "table" && hasChildren ? undefined : indexes.find((index) => index.isIdentity);
    return unique === undefined ? { by: "place", isPartitioned: hasChildren } : { by: "key", columns: unique.names };
}

async function loadColumns(
    connection: Connection,
    relationId: number,
    identity: RowIdentity,
    indexes: readonly FoundIndex[],
): Promise<readonly BrowseColumn[]> {
    const { rows } = await connection.query<
        Pick<BrowseColumn, "name" | "typeId" | "typeName" | "comment" | "isNullable">
    >(
        `select
            attname as "name",
            atttypid as "typeId",
            format_type(atttypid, atttypmod) as "typeName",
            col_description(attrelid, attnum) as "comment",
            not attnotnull as "isNullable"
        from pg_attribute
        where attrelid = $1 and attnum > 0 and not attisdropped
        order by attnum`,
        [relationId],
    );
    const types = await loadTypes(
        connection,
        rows.map(({ typeId }) => typeId),
    );
    const keys = identity.by === "key" ? identity.columns : [];
    return rows.map((row) => ({
        ...row,
        typeId: types.get(row.typeId)?.baseTypeId ?? row.typeId,
        castType: types.get(row.typeId)?.castType ?? "text",
        isKey: keys.includes(row.name),
        isIndexed: indexes.some(({ inOrder }) => inOrder?.columns[0]?.name === row.name),
        unsortableReason: types.get(row.typeId)?.unsortableReason ?? null,
        operatorSchema: types.get(row.typeId)?.operatorSchema ?? "pg_catalog",
    }));
}

/** A view that cannot be planned can still be shown with its columns and its error. */
async function estimateOrNull(connection: Connection, fromSql: string): Promise<number | null> {
    try {
        return await estimateStatement(connection, `select from ${fromSql}`, []);
    } catch (error) {
        if (error instanceof StatementError && error.sqlState !== "57014") {
            return null;
        }
        throw error;
    }
}
