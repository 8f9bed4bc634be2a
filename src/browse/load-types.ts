import type { Connection } from "../database/connection.js";

/** What is needed to sort and compare values of a type. */
export interface ColumnType {
    /** The type to cast values to, without length or precision. For a domain its base type, so that any value can be compared. */
    readonly castType: string;
    /** The base type of a domain, else the type itself, as in the description of a result's columns. */
    readonly baseTypeId: number;
    readonly unsortableReason: string | null;
    /** The quoted schema of the operators that compare its values. */
    readonly operatorSchema: string;
}

export interface TypeRow {
    readonly operatorSchema: string;
    readonly id: number;
    readonly castType: string;
    readonly baseTypeId: number;
    /** The part of the type that has no order; null if all parts have one. */
    readonly withoutOrder: string | null;
}

/** Loads types by their ids in `pg_type`; ends a READ ONLY transaction. */
export async function loadTypes(
    connection: Connection,
    typeIds: readonly number[],
): Promise<ReadonlyMap<number, ColumnType>> {
    const { rows } = await connection.query<TypeRow>(buildTypesSql("$1::oid[]"), [[...new Set(typeIds)]], {
        isLast: true,
    });
    return describeTypes(rows);
}

/** Converts the rows of `buildTypesSql`. */
export function describeTypes(rows: readonly TypeRow[]): ReadonlyMap<number, ColumnType> {
    return new Map(
        rows.map(({ id, castType, baseTypeId, withoutOrder, operatorSchema }) => [
            id,
            {
                castType,
                baseTypeId,
                operatorSchema,
                unsortableReason:
                    withoutOrder === null
                        ? null
                        : `Values of type ${withoutOrder} have no order, so it cannot be sorted.`,
            },
        ]),
    );
}

// An array, domain or composite type can be sorted if all its parts can. A base type can be sorted if it has a default
// B-tree operator class, its own or that of a binary-compatible type (varchar uses that of text).
// format_type(1042, null) would be `character`, which is read as character(1).
export const buildTypesSql = (typeIds: string): string => `
    with recursive base (root, type) as (
        select given.type, given.type
        from unnest(${typeIds}) as given (type)
        union
        select base.root, pg_type.typbasetype
        from base
        inner join pg_type on pg_type.oid = base.type
        where pg_type.typtype = 'd'
    ),

    part (root, type) as (
        select given.type, given.type
        from unnest(${typeIds}) as given (type)
        union
        select part.root, inside.type
        from part
        cross join lateral (
            select pg_type.typbasetype
            from pg_type
            where pg_type.oid = part.type and pg_type.typtype = 'd'
            union all
            select pg_type.typelem
            from pg_type
            where pg_type.oid = part.type and pg_type.typcategory = 'A' and pg_type.typelem <> 0
            union all
            select pg_attribute.atttypid
            from pg_type
            inner join pg_attribute on pg_attribute.attrelid = pg_type.typrelid
            where
                pg_type.oid = part.type
                and pg_type.typtype = 'c'
                and pg_attribute.attnum > 0
                and not pg_attribute.attisdropped
        ) as inside (type)
    ),

    without_order as (
        select part.root, min(format_type(part.type, -1)) as type_name
        from part
        inner join pg_type on pg_type.oid = part.type
        where
            pg_type.typtype not in ('d', 'c', 'e', 'r', 'm')
            and not (pg_type.typcategory = 'A' and pg_type.typelem <> 0)
            and not exists (
                select 1
                from pg_opclass
                inner join pg_am on pg_am.oid = pg_opclass.opcmethod
                left join pg_cast
                    on
                        pg_cast.casttarget = pg_opclass.opcintype
                        and pg_cast.castsource = part.type
                        and pg_cast.castmethod = 'b'
                        and pg_cast.castcontext = 'i'
                where
                    pg_am.amname = 'btree'
                    and pg_opclass.opcdefault
                    and (pg_opclass.opcintype = part.type or pg_cast.oid is not null)
            )
        group by part.root
    )

    select
        given.type::int8::float8 as "id",
        format_type(base.type, -1) as "castType",
        base.type::int8::float8 as "baseTypeId",
        coalesce(
            (
                select quote_ident(pg_namespace.nspname)
                from pg_opclass
                inner join pg_am on pg_am.oid = pg_opclass.opcmethod
                inner join pg_amop
                    on
                        pg_amop.amopfamily = pg_opclass.opcfamily
                        and pg_amop.amoplefttype = pg_opclass.opcintype
                        and pg_amop.amoprighttype = pg_opclass.opcintype
                inner join pg_operator on pg_operator.oid = pg_amop.amopopr
                inner join pg_namespace on pg_namespace.oid = pg_operator.oprnamespace
                where
                    pg_am.amname = 'btree'
                    and pg_opclass.opcdefault
                    and pg_opclass.opcintype = base.type
                    and pg_operator.oprname = '='
                limit 1
            ),
            'pg_catalog'
        ) as "operatorSchema",
        without_order.type_name as "withoutOrder"
    from unnest(${typeIds}) as given (type)
    inner join base on base.root = given.type
    inner join pg_type on pg_type.oid = base.type and pg_type.typtype <> 'd'
    left join without_order on without_order.root = given.type`;
