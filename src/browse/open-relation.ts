import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { buildTypesSql, describeTypes, type TypeRow } from "./load-types.js";
import { kindsByCode } from "./relation.js";
import type { BrowseColumn, ReadOptions, Relation, RelationIndex, RelationKind, RowIdentity } from "./relation.js";

/**
 * Opens a table, view or materialised view. One query of the catalog describes it; the relation itself is not read or planned.
 *
 * @throws StardeckError `failed` when it is not in the database.
 */
export async function openRelation(
    database: Database,
    { schema, name }: { readonly schema: string; readonly name: string },
    options: ReadOptions,
): Promise<Relation> {
    const { rows } = await database.withReadOnlyTransaction(
        (connection) => connection.query<FoundRelation>(relationSql, [schema, name], { isLast: true }),
        options,
    );
    const [found] = rows;
    const kind = kindsByCode[found?.code ?? ""];
    if (found === undefined || kind === undefined) {
        throw new StardeckError(`There is no table or view ${schema}.${name} in the database.`, {
            code: "failed",
            hint: "It was dropped or never built: `stardeck debug` shows what is missing.",
        });
    }
    const indexes = found.indexes.map(({ name: indexName, isPrimary, isIdentity, isOrdered, columns }) => ({
        isPrimary,
        isIdentity,
        names: columns.map((column) => column.name),
        inOrder: isOrdered ? { name: indexName, columns } : null,
    }));
    const identity = chooseIdentity(kind, found.hasChildren, indexes);
    return {
        kind,
        source: { from: "database", schema, name },
        comment: found.comment,
        columns: describeColumns(found, identity, indexes),
        primaryKey: indexes.find((index) => index.isPrimary)?.names ?? null,
        identity,
        indexes: indexes.flatMap((index) => index.inOrder ?? []),
        estimatedRows: found.estimatedRows,
        blocks: found.blocks,
    };
}

interface FoundRelation {
    readonly code: string;
    readonly comment: string | null;
    readonly hasChildren: boolean;
    readonly blocks: number;
    readonly estimatedRows: number | null;
    readonly indexes: readonly {
        readonly name: string;
        readonly isPrimary: boolean;
        readonly isIdentity: boolean;
        readonly isOrdered: boolean;
        readonly columns: RelationIndex["columns"];
    }[];
    readonly columns: readonly Pick<BrowseColumn, "name" | "typeId" | "typeName" | "comment" | "isNullable">[];
    readonly types: readonly TypeRow[];
}

interface FoundIndex {
    readonly isPrimary: boolean;
    /** True when no two rows are equal in its columns. */
    readonly isIdentity: boolean;
    readonly names: readonly string[];
    /** Null if the index cannot give rows in the order of an `order by`. */
    readonly inOrder: RelationIndex | null;
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
    where pg_index.indrelid = relation.oid and pg_index.indisvalid and pg_index.indpred is null and pg_index.indexprs is null
    group by
        index_class.relname, pg_index.indexrelid, pg_index.indisprimary, pg_index.indisunique, pg_index.indimmediate,
        pg_index.indnkeyatts, pg_am.amname
    order by pg_index.indisprimary desc, pg_index.indnkeyatts, index_class.relname`;

const columnsSql = `
    select
        attname as "name",
        atttypid::int8 as "typeId",
        format_type(atttypid, atttypmod) as "typeName",
        col_description(attrelid, attnum) as "comment",
        not attnotnull as "isNullable"
    from pg_attribute
    where attrelid = relation.oid and attnum > 0 and not attisdropped
    order by attnum`;

/**
 * Estimates the rows of a table and of those that inherit from it as the planner does: the row count of the last ANALYZE or
 * VACUUM, scaled by the growth of the file since; if neither ever ran, by the width of the columns' types.
 */
const estimatedRowsSql = `
    with recursive member (id) as (
        select relation.oid
        union
        select inhrelid
        from member
        inner join pg_inherits on inhparent = id
    )

    select sum(
        case
            when pages = 0 then 0
            when relpages > 0 and reltuples >= 0 then round(reltuples::float8 / relpages * pages)
            else round(pages * (block_size - 24) / (28 + width))
        end
    )::float8
    from member
    inner join pg_class on pg_class.oid = id and relkind in ('r', 'm')
    cross join lateral (select current_setting('block_size')::float8 as block_size) as setting
    cross join lateral (select pg_relation_size(pg_class.oid) / block_size as pages) as file
    cross join lateral (
        select coalesce(sum(case when attlen > 0 then attlen else 32 end), 0)::float8 as width
        from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped
    ) as attributes`;

const rowsOf = (sql: string): string => `(select coalesce(json_agg(found), '[]') from (${sql}) as found)`;

const relationSql = `
    select
        relation.relkind as "code",
        obj_description(relation.oid, 'pg_class') as "comment",
        relation.relkind = 'p' or relation.relhassubclass as "hasChildren",
        case
            when relation.relkind in ('r', 'm')
            then (pg_relation_size(relation.oid) / current_setting('block_size')::int8)::float8
            else 0
        end as "blocks",
        case when relation.relkind in ('r', 'm', 'p') then (${estimatedRowsSql}) end as "estimatedRows",
        ${rowsOf(indexesSql)} as "indexes",
        ${rowsOf(columnsSql)} as "columns",
        ${rowsOf(
            buildTypesSql(
                "array(select distinct atttypid from pg_attribute where attrelid = relation.oid and attnum > 0 and not attisdropped)",
            ),
        )} as "types"
    from pg_class as relation
    inner join pg_namespace on pg_namespace.oid = relation.relnamespace
    where pg_namespace.nspname = $1 and relation.relname = $2`;

function chooseIdentity(kind: RelationKind, hasChildren: boolean, indexes: readonly FoundIndex[]): RowIdentity {
    if (kind === "view" || kind === "foreign table") {
        return { by: "position" };
    }
    // Tables that inherit from this one may contain the same keys.
    const unique = kind === "table" && hasChildren ? undefined : indexes.find((index) => index.isIdentity);
    return unique === undefined ? { by: "place", isPartitioned: hasChildren } : { by: "key", columns: unique.names };
}

function describeColumns(
    found: FoundRelation,
    identity: RowIdentity,
    indexes: readonly FoundIndex[],
): readonly BrowseColumn[] {
    const types = describeTypes(found.types);
    const keys = identity.by === "key" ? identity.columns : [];
    return found.columns.map((column) => {
        const type = types.get(column.typeId);
        return {
            ...column,
            typeId: type?.baseTypeId ?? column.typeId,
            castType: type?.castType ?? "text",
            isKey: keys.includes(column.name),
            isIndexed: indexes.some(({ inOrder }) => inOrder?.columns[0]?.name === column.name),
            unsortableReason: type?.unsortableReason ?? null,
            operatorSchema: type?.operatorSchema ?? "pg_catalog",
        };
    });
}
