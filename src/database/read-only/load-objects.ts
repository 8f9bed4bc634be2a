import type { Connection } from "../connection.js";

/**
 * An object that another object leads to: a letter for its kind, and what identifies it.
 *
 * - `f`, `r`, `t`, `o`, `c`, `y`: the object id of a function, relation, type, operator, operator class, operator family
 * - `e`: the object ids of an extension's type and of its array type, separated by a space; the functions that compare their
 *   values are among the references too
 * - `s`: the object id of a function that converts, compares or estimates the values of a type
 * - `b`: the signature of one of PostgreSQL's own functions
 * - `x`: a function in C of an extension: its object id, the extension and its name, separated by spaces
 */
export type Reference = string;

interface DatabaseObject {
    readonly id: number;
    readonly schema: string;
    readonly name: string;
}

export interface FunctionObject extends DatabaseObject {
    readonly signature: string;
    /** `pg_proc.prokind`: `a` is an aggregate. */
    readonly kind: string;
    readonly language: string;
    /** The extension that the function belongs to. */
    readonly extension: string | null;
    readonly argumentCount: number;
    readonly defaultCount: number;
    readonly isVariadic: boolean;
    readonly argumentTypeIds: readonly number[];
    /** The types of all arguments and of the result. */
    readonly typeIds: readonly number[];
    /** True when one of PostgreSQL's own functions has the same name and number of arguments. */
    readonly hasBuiltInTwin: boolean;
    readonly settings: readonly string[];
    /** The text of its body; null when PostgreSQL has stored the parsed body instead. */
    readonly source: string | null;
    readonly argumentNames: readonly string[];
    readonly argumentModes: readonly string[];
    readonly hasColumns: readonly boolean[];
    readonly returnsSet: boolean;
    readonly returnsNothing: boolean;
}

export interface RelationObject extends DatabaseObject {
    /** `pg_class.relkind`: `v` is a view, `f` a foreign table. */
    readonly kind: string;
    /** The type of its rows, and the array type of that. */
    readonly rowTypeIds: readonly number[];
    /** True when reading it may lead to other objects. */
    readonly leadsOn: boolean;
}

export interface TypeObject extends DatabaseObject {
    /** Its array type; 0 for none. */
    readonly arrayTypeId: number;
    /** True when PostgreSQL may read a literal of unknown type as this type if nothing else fits. */
    readonly isLikeText: boolean;
    /** True for a base type of an extension. It is trusted with its functions, because only a superuser can make base types. */
    readonly isOfExtension: boolean;
}

export interface OperatorObject extends DatabaseObject {
    /** 1 for a prefix operator. */
    readonly arity: number;
    readonly operandTypeIds: readonly number[];
    readonly resultTypeId: number;
    readonly hasBuiltInTwin: boolean;
    /** The function that computes it. */
    readonly functionReference: Reference;
    /** Its selectivity estimators, and the operator families that it belongs to. */
    readonly furtherReferences: readonly Reference[];
}

export interface CastObject {
    readonly sourceId: number;
    readonly targetId: number;
    /** `i` for an implicit cast. */
    readonly context: string;
    readonly reference: Reference | null;
}

export interface OperatorClassObject {
    readonly id: number;
    readonly typeId: number;
    readonly familyId: number;
}

/** The foreign data wrapper of a foreign table. */
export interface WrapperObject {
    readonly relationId: number;
    /** `postgres_fdw_handler` */
    readonly handler: string | null;
    readonly runsProgram: boolean;
}

const detailedKinds = ["function", "relation", "type", "family"] as const;

/** Kinds of objects whose references can be asked for. */
export type DetailedKind = (typeof detailedKinds)[number];

export interface DetailObject {
    readonly kind: DetailedKind;
    readonly id: number;
    readonly reference: Reference;
}

/** Kinds of objects that are looked up by their ids. */
export type IdKind = "function" | "relation" | "type" | "operator";

/** Names and object ids to look up. */
export interface Lookup {
    readonly names: Readonly<Record<"function" | "relation" | "type" | "operator", readonly string[]>>;
    readonly ids: Readonly<Partial<Record<IdKind, readonly number[]>>>;
    /** Objects whose references are asked for. */
    readonly detailed: Readonly<Partial<Record<DetailedKind, readonly number[]>>>;
    /** Foreign tables. */
    readonly foreignIds: readonly number[];
}

export interface LoadedObjects {
    readonly functions: readonly FunctionObject[];
    readonly relations: readonly RelationObject[];
    readonly types: readonly TypeObject[];
    readonly operators: readonly OperatorObject[];
    readonly details: readonly DetailObject[];
    readonly wrappers: readonly WrapperObject[];
}

/** Casts and operator classes that users or extensions have made. They are few, and act without being named. */
export interface UnnamedObjects {
    readonly casts: readonly CastObject[];
    readonly operatorClasses: readonly OperatorClassObject[];
    /** The database's encoding, such as `UTF8`: names are truncated to 63 bytes in it. */
    readonly encoding: string;
}

/**
 * The objects with these names, in any schema, and with these ids. PostgreSQL's own relations, types and operators are left
 * out, because they only read, and so are its functions whose names are known to be harmless.
 *
 * The query contains only the parts that are needed, because PostgreSQL takes longer to plan it than to run it.
 */
export async function loadObjects(
    connection: Connection,
    lookup: Lookup,
    harmlessNames: readonly string[],
): Promise<LoadedObjects> {
    const parameters: unknown[] = [];
    const parts = buildObjectsSql(lookup, harmlessNames, parameters);
    const { rows } = await connection.query<FoundObjects>(`select ${parts.join(",\n")}`, parameters);
    return parseObjects(rows[0]);
}

/** Like `loadObjects`, together with `loadUnnamedObjects` in one query. */
export async function loadAllObjects(
    connection: Connection,
    lookup: Lookup,
    harmlessNames: readonly string[],
): Promise<LoadedObjects & { readonly unnamed: UnnamedObjects }> {
    const parameters: unknown[] = [];
    const parts = buildObjectsSql(lookup, harmlessNames, parameters);
    const { rows } = await connection.query<FoundObjects & FoundUnnamed>(
        `select ${parts.join(",\n")},\n${unnamedColumns}`,
        parameters,
    );
    return { ...parseObjects(rows[0]), unnamed: parseUnnamed(rows[0]) };
}

type FoundObjects = { readonly [Key in keyof LoadedObjects]?: LoadedObjects[Key] | null };

function buildObjectsSql(
    { names, ids, detailed, foreignIds }: Lookup,
    harmlessNames: readonly string[],
    parameters: unknown[],
): readonly string[] {
    const bind = (values: readonly unknown[], type: string): string => `$${parameters.push(values)}::${type}[]`;
    const parts: string[] = [];
    const add = (key: keyof LoadedObjects, sql: string): void => {
        parts.push(`(select pg_catalog.json_agg(found) from (${sql}) as found) as "${key}"`);
    };
    const find = (kind: "function" | "relation" | "type" | "operator", id: string, name: string): string | null => {
        const conditions = [
            ...(names[kind].length === 0 ? [] : [`${name} = any(${bind(names[kind], "name")})`]),
            ...((ids[kind] ?? []).length === 0 ? [] : [`${id} = any(${bind(ids[kind] ?? [], "oid")})`]),
        ];
        return conditions.length === 0 ? null : `(${conditions.join(" or ")})`;
    };
    const which = {
        functions: find("function", "pg_proc.oid", "pg_proc.proname"),
        relations: find("relation", "pg_class.oid", "pg_class.relname"),
        types: find("type", "pg_type.oid", "pg_type.typname"),
        operators: find("operator", "pg_operator.oid", "pg_operator.oprname"),
    };
    if (which.functions !== null) {
        add("functions", buildFunctionsSql(which.functions, bind(harmlessNames, "name")));
    }
    if (which.relations !== null) {
        add("relations", buildRelationsSql(which.relations));
    }
    if (which.types !== null) {
        add("types", buildTypesSql(which.types));
    }
    if (which.operators !== null) {
        add("operators", buildOperatorsSql(which.operators));
    }
    const asked = detailedKinds.flatMap((kind) => {
        const of = detailed[kind] ?? [];
        return of.length === 0 ? [] : [[kind, bind(of, "oid")] as const];
    });
    if (asked.length > 0) {
        add("details", buildDetailsSql(asked));
    }
    if (foreignIds.length > 0) {
        add("wrappers", buildWrappersSql(bind(foreignIds, "oid")));
    }
    return parts;
}

function parseObjects(found: FoundObjects | undefined): LoadedObjects {
    return {
        functions: found?.functions ?? [],
        relations: found?.relations ?? [],
        types: found?.types ?? [],
        operators: found?.operators ?? [],
        details: found?.details ?? [],
        wrappers: found?.wrappers ?? [],
    };
}

export async function loadUnnamedObjects(connection: Connection): Promise<UnnamedObjects> {
    const { rows } = await connection.query<FoundUnnamed>(`select ${unnamedColumns}`);
    return parseUnnamed(rows[0]);
}

interface FoundUnnamed {
    readonly casts: UnnamedObjects["casts"] | null;
    readonly operatorClasses: UnnamedObjects["operatorClasses"] | null;
    readonly encoding: string;
}

function parseUnnamed(found: FoundUnnamed | undefined): UnnamedObjects {
    return {
        casts: found?.casts ?? [],
        operatorClasses: found?.operatorClasses ?? [],
        encoding: found?.encoding ?? "",
    };
}

// Object ids below 16384 are PostgreSQL's own: https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const isOwn = (id: string): string => `${id} < 16384::oid`;
const isMade = (id: string): string => `${id} >= 16384::oid`;

/** The entries of `pg_depend` that make an object, given by its catalog and its id, a member of an extension. */
const memberships = (catalogId: string, id: string): string => `
        from pg_catalog.pg_depend as membership
        inner join pg_catalog.pg_extension on pg_extension.oid = membership.refobjid
        where
            membership.classid = ${catalogId}
            and membership.objid = ${id}
            and membership.refclassid = 3079::oid
            and membership.deptype = 'e'`;

/** The extension that a function belongs to. */
const extensionOf = (functionId: string): string =>
    `(select pg_extension.extname ${memberships("1255::oid", functionId)})`;

const isTypeOfExtension = (alias: string): string =>
    `(${alias}.typtype = 'b' and exists (select ${memberships("1247::oid", `${alias}.oid`)}))`;

// 12 and 13 are the languages internal and c.
const isCompiled = (alias: string): string => `${alias}.prolang = any('{12,13}'::oid[])`;

const signature = (alias: string): string =>
    `${alias}.proname::text || '(' || pg_catalog.oidvectortypes(${alias}.proargtypes) || ')'`;

/**
 * @param extension SQL for the extension that the function belongs to
 * @param isOfType SQL for whether it converts, compares or estimates the values of a type; the reference is then null for a
 * compiled function of an extension
 */
const functionReference = (alias: string, extension: string, isOfType: string): string =>
    `case
        when ${isOwn(`${alias}.oid`)} then 'b' || ${signature(alias)}
        when ${isOfType}
        then case when not ${isCompiled(alias)} or ${extension} is null then 's' || ${alias}.oid::text end
        else coalesce(
            case
                when ${isCompiled(alias)} and ${alias}.prokind <> 'a'
                then 'x' || ${alias}.oid::text || ' ' || ${extension}::text || ' ' || ${alias}.proname::text
            end,
            'f' || ${alias}.oid::text
        )
    end`;

const buildFunctionsSql = (which: string, harmless: string): string => `
    select
        pg_proc.oid::int8 as "id",
        pg_namespace.nspname as "schema",
        pg_proc.proname as "name",
        ${signature("pg_proc")} as "signature",
        pg_proc.prokind as "kind",
        pg_language.lanname as "language",
        ${extensionOf("pg_proc.oid")} as "extension",
        pg_proc.pronargs as "argumentCount",
        pg_proc.pronargdefaults as "defaultCount",
        pg_proc.provariadic <> 0::oid as "isVariadic",
        pg_proc.proargtypes::oid[]::int8[] as "argumentTypeIds",
        (coalesce(pg_proc.proallargtypes, pg_proc.proargtypes::oid[]) || pg_proc.prorettype)::int8[] as "typeIds",
        exists (
            select
            from pg_catalog.pg_proc as twin
            where twin.proname = pg_proc.proname and ${isOwn("twin.oid")} and twin.pronargs = pg_proc.pronargs
        ) as "hasBuiltInTwin",
        coalesce(pg_proc.proconfig, '{}'::text[]) as "settings",
        case when pg_proc.prosqlbody is null then pg_proc.prosrc end as "source",
        coalesce(pg_proc.proargnames, '{}'::text[]) as "argumentNames",
        coalesce(pg_proc.proargmodes::text[], '{}'::text[]) as "argumentModes",
        array(
            select coalesce(type.typrelid <> 0::oid or type.oid = 2249::oid, false)
            from pg_catalog.unnest(coalesce(pg_proc.proallargtypes, pg_proc.proargtypes::oid[]))
                with ordinality as argument (type_id, place)
            left join pg_catalog.pg_type as type on type.oid = argument.type_id
            order by argument.place
        ) as "hasColumns",
        pg_proc.proretset as "returnsSet",
        pg_proc.prorettype = 2278::oid as "returnsNothing"
    from pg_catalog.pg_proc
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_proc.pronamespace
    inner join pg_catalog.pg_language on pg_language.oid = pg_proc.prolang
    where
        ${which}
        and not (${isOwn("pg_proc.oid")} and pg_proc.proname = any(${harmless}))
        and pg_proc.prokind <> 'p'
        and pg_proc.prorettype <> all('{2279,3838}'::oid[])`;

const buildRelationsSql = (which: string): string => `
    select
        pg_class.oid::int8 as "id",
        pg_namespace.nspname as "schema",
        pg_class.relname as "name",
        pg_class.relkind as "kind",
        array[pg_class.reltype, row_type.typarray]::int8[] as "rowTypeIds",
        pg_class.relkind = any('{v,p}'::"char"[])
            or pg_class.relrowsecurity
            or pg_class.relhassubclass
            or pg_class.relchecks > 0::int2
            or exists (
                select
                from pg_catalog.pg_attribute
                where
                    pg_attribute.attrelid = pg_class.oid
                    and pg_attribute.attnum > 0::int2
                    and (${isMade("pg_attribute.atttypid")} or pg_attribute.attgenerated <> '')
            )
            or exists (
                select
                from pg_catalog.pg_index
                where
                    pg_index.indrelid = pg_class.oid
                    and (
                        pg_index.indexprs is not null
                        or pg_index.indpred is not null
                        or 16384::oid <= any(pg_index.indclass::oid[])
                    )
            )
            or exists (
                select
                from pg_catalog.pg_statistic_ext
                where pg_statistic_ext.stxrelid = pg_class.oid and pg_statistic_ext.stxexprs is not null
            ) as "leadsOn"
    from pg_catalog.pg_class
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_class.relnamespace
    left join pg_catalog.pg_type as row_type on row_type.oid = pg_class.reltype
    where
        ${which}
        and ${isMade("pg_class.oid")}
        and pg_class.relkind = any('{r,v,m,f,p,c}'::"char"[])`;

const buildWrappersSql = (ids: string): string => `
    select
        pg_foreign_table.ftrelid::int8 as "relationId",
        pg_proc.proname as "handler",
        exists (
            select
            from pg_catalog.unnest(pg_foreign_table.ftoptions) as option
            where option ~ '^program='
        ) as "runsProgram"
    from pg_catalog.pg_foreign_table
    inner join pg_catalog.pg_foreign_server on pg_foreign_server.oid = pg_foreign_table.ftserver
    inner join pg_catalog.pg_foreign_data_wrapper on pg_foreign_data_wrapper.oid = pg_foreign_server.srvfdw
    left join pg_catalog.pg_proc on pg_proc.oid = pg_foreign_data_wrapper.fdwhandler
    where pg_foreign_table.ftrelid = any(${ids})`;

const buildTypesSql = (which: string): string => `
    select
        pg_type.oid::int8 as "id",
        pg_namespace.nspname as "schema",
        pg_type.typname as "name",
        pg_type.typarray::int8 as "arrayTypeId",
        pg_type.typtype = 'd' or pg_type.typcategory = 'S' or pg_type.typispreferred as "isLikeText",
        ${isTypeOfExtension("pg_type")} as "isOfExtension"
    from pg_catalog.pg_type
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_type.typnamespace
    where ${which} and ${isMade("pg_type.oid")}`;

const buildOperatorsSql = (which: string): string => `
    select
        pg_operator.oid::int8 as "id",
        pg_namespace.nspname as "schema",
        pg_operator.oprname as "name",
        case when pg_operator.oprkind = 'l' then 1 else 2 end as "arity",
        array[pg_operator.oprleft, pg_operator.oprright]::int8[] as "operandTypeIds",
        pg_operator.oprresult::int8 as "resultTypeId",
        exists (
            select
            from pg_catalog.pg_operator as twin
            where
                twin.oprname = pg_operator.oprname
                and twin.oprkind = pg_operator.oprkind
                and ${isOwn("twin.oid")}
        ) as "hasBuiltInTwin",
        ${functionReference("called", extensionOf("called.oid"), "false")} as "functionReference",
        array(
            select 'y' || pg_amop.amopfamily::text
            from pg_catalog.pg_amop
            where pg_amop.amopopr = pg_operator.oid and ${isMade("pg_amop.amopfamily")}
            union
            select noted.reference
            from pg_catalog.pg_proc as estimator
            cross join lateral (
                values (${functionReference("estimator", extensionOf("estimator.oid"), "true")})
            ) as noted (reference)
            where
                estimator.oid in (pg_operator.oprrest::oid, pg_operator.oprjoin::oid)
                and ${isMade("estimator.oid")}
                and noted.reference is not null
        ) as "furtherReferences"
    from pg_catalog.pg_operator
    inner join pg_catalog.pg_namespace on pg_namespace.oid = pg_operator.oprnamespace
    inner join pg_catalog.pg_proc as called on called.oid = pg_operator.oprcode::oid
    where ${which} and ${isMade("pg_operator.oid")}`;

/** SQL for the parsed definitions of objects: the node tree, and the ids by which `pg_depend` lists what it depends on. */
const partsOf: Readonly<Partial<Record<DetailedKind, (ids: string) => string>>> = {
    function: (ids) => `
        select 'function', oid, 1255::oid, oid, pg_catalog.concat_ws(' ', prosqlbody::text, proargdefaults::text)
        from pg_catalog.pg_proc
        where oid = any(${ids})`,
    relation: (ids) => `
        select 'relation', ev_class, 2618::oid, oid, ev_action::text
        from pg_catalog.pg_rewrite
        where ev_class = any(${ids}) and ev_type = '1'
        union all
        select 'relation', pg_policy.polrelid, 3256::oid, pg_policy.oid, pg_policy.polqual::text
        from pg_catalog.pg_policy
        inner join pg_catalog.pg_class on pg_class.oid = pg_policy.polrelid
        where pg_policy.polrelid = any(${ids}) and pg_class.relrowsecurity
        union all
        select 'relation', conrelid, 2606::oid, oid, conbin::text
        from pg_catalog.pg_constraint
        where conrelid = any(${ids}) and conbin is not null
        union all
        select 'relation', pg_attrdef.adrelid, 2604::oid, pg_attrdef.oid, pg_attrdef.adbin::text
        from pg_catalog.pg_attrdef
        inner join pg_catalog.pg_attribute
            on pg_attribute.attrelid = pg_attrdef.adrelid and pg_attribute.attnum = pg_attrdef.adnum
        where pg_attrdef.adrelid = any(${ids}) and pg_attribute.attgenerated <> ''
        union all
        select 'relation', indrelid, 1259::oid, indexrelid, pg_catalog.concat_ws(' ', indexprs::text, indpred::text)
        from pg_catalog.pg_index
        where indrelid = any(${ids})
        union all
        select 'relation', stxrelid, 3381::oid, oid, stxexprs::text
        from pg_catalog.pg_statistic_ext
        where stxrelid = any(${ids})
        union all
        select 'relation', id, 1259::oid, id, pg_partitioned_table.partexprs::text
        from pg_catalog.unnest(${ids}) as id
        left join pg_catalog.pg_partitioned_table on pg_partitioned_table.partrelid = id`,
    type: (ids) => `
        select 'type', contypid, 2606::oid, oid, conbin::text
        from pg_catalog.pg_constraint
        where contypid = any(${ids})`,
};

/**
 * SQL for references outside node trees: the catalog and the object id of what an object leads to, and whether that converts,
 * compares or estimates values of a type.
 */
const furtherReferences: Readonly<Record<DetailedKind, (ids: string) => string>> = {
    function: (ids) => `
        select 'function', pg_aggregate.aggfnoid::oid, led.catalog_id, led.object_id, false
        from pg_catalog.pg_aggregate
        cross join lateral (
            values
                (1255::oid, aggtransfn::oid), (1255::oid, aggfinalfn::oid), (1255::oid, aggcombinefn::oid),
                (1255::oid, aggserialfn::oid), (1255::oid, aggdeserialfn::oid), (1255::oid, aggmtransfn::oid),
                (1255::oid, aggminvtransfn::oid), (1255::oid, aggmfinalfn::oid),
                (2617::oid, aggsortop), (1247::oid, aggtranstype), (1247::oid, aggmtranstype)
        ) as led (catalog_id, object_id)
        where
            pg_aggregate.aggfnoid::oid = any(${ids})
            and (led.catalog_id = 1255::oid or ${isMade("led.object_id")})`,
    relation: (ids) => `
        select 'relation', attrelid, 1247::oid, atttypid, false
        from pg_catalog.pg_attribute
        where attrelid = any(${ids}) and attnum > 0::int2 and not attisdropped and ${isMade("atttypid")}
        union all
        select 'relation', inhparent, 1259::oid, inhrelid, false
        from pg_catalog.pg_inherits
        where inhparent = any(${ids})`,
    type: (ids) => `
        select 'type', pg_type.oid, led.catalog_id, led.object_id, led.is_of_type
        from pg_catalog.pg_type
        left join pg_catalog.pg_range on pg_type.oid in (pg_range.rngtypid, pg_range.rngmultitypid)
        cross join lateral (
            values
                (1247::oid, typelem, false), (1247::oid, typbasetype, false), (1247::oid, rngtypid, false),
                (1247::oid, rngmultitypid, false), (1247::oid, rngsubtype, false), (2616::oid, rngsubopc, false),
                (1255::oid, rngcanonical::oid, false), (1255::oid, rngsubdiff::oid, false),
                (1255::oid, typinput::oid, true), (1255::oid, typoutput::oid, true), (1255::oid, typreceive::oid, true),
                (1255::oid, typsend::oid, true), (1255::oid, typmodin::oid, true), (1255::oid, typmodout::oid, true),
                (1255::oid, typsubscript::oid, true)
        ) as led (catalog_id, object_id, is_of_type)
        where
            pg_type.oid = any(${ids})
            and (${isMade("led.object_id")} or led.object_id in (rngcanonical::oid, rngsubdiff::oid))
        union all
        select 'type', pg_type.oid, 1247::oid, pg_attribute.atttypid, false
        from pg_catalog.pg_type
        inner join pg_catalog.pg_attribute on pg_attribute.attrelid = pg_type.typrelid
        where
            pg_type.oid = any(${ids})
            and pg_attribute.attnum > 0::int2
            and not pg_attribute.attisdropped
            and ${isMade("pg_attribute.atttypid")}`,
    family: (ids) => `
        select 'family', pg_amproc.amprocfamily, 1255::oid, pg_amproc.amproc::oid, true
        from pg_catalog.pg_amproc
        where pg_amproc.amprocfamily = any(${ids})
        union all
        select 'family', pg_amop.amopfamily, 1255::oid, pg_operator.oprcode::oid, true
        from pg_catalog.pg_amop
        inner join pg_catalog.pg_operator on pg_operator.oid = pg_amop.amopopr
        where pg_amop.amopfamily = any(${ids})`,
};

/** Functions are looked up once, not in each part, because PostgreSQL takes longer to plan this query than to run it. */
function buildDetailsSql(asked: readonly (readonly [kind: DetailedKind, ids: string])[]): string {
    const parts = asked.flatMap(([kind, ids]) => partsOf[kind]?.(ids) ?? []);
    const further = asked.map(([kind, ids]) => furtherReferences[kind](ids));
    const partsSql = `
        part (kind, id, catalog_id, object_id, tree) as materialized (${parts.join("\nunion all\n")}),`;
    const inParts = `
        select part.kind, part.id, pg_depend.refclassid, pg_depend.refobjid, false
        from part
        inner join pg_catalog.pg_depend on pg_depend.classid = part.catalog_id and pg_depend.objid = part.object_id
        union all
        select part.kind, part.id, 1255::oid, number.digits[1]::oid, false
        from part
        cross join lateral pg_catalog.regexp_matches(part.tree, ':(?:funcid|aggfnoid|winfnoid) (\\d+)', 'g') as number (digits)
        where ${isOwn("number.digits[1]::oid")}`;
    return `
        with ${parts.length === 0 ? "" : partsSql}
        led (kind, id, catalog_id, object_id, is_of_type) as materialized (
            ${[...(parts.length === 0 ? [] : [inParts]), ...further].join("\nunion all\n")}
        ),
        brought (kind, id, type_id, array_type_id) as materialized (
            select distinct led.kind, led.id, pg_type.oid, pg_type.typarray
            from led
            inner join pg_catalog.pg_type on led.catalog_id = 1247::oid and pg_type.oid = led.object_id
            where ${isTypeOfExtension("pg_type")}
        ),
        compared (kind, id, family_id) as materialized (
            select distinct brought.kind, brought.id, pg_opclass.opcfamily
            from brought
            inner join pg_catalog.pg_opclass on pg_opclass.opcintype in (brought.type_id, brought.array_type_id)
            where ${isMade("pg_opclass.opcfamily")}
        ),
        called as materialized (
            select distinct
                led.*,
                pg_proc.oid,
                pg_proc.proname,
                pg_proc.proargtypes,
                pg_proc.prokind,
                pg_proc.prolang,
                case when ${isMade("pg_proc.oid")} then ${extensionOf("pg_proc.oid")} end as extension,
                brought.array_type_id
            from (
                select * from led
                union all
                select compared.kind, compared.id, 1255::oid, pg_amproc.amproc::oid, true
                from compared
                inner join pg_catalog.pg_amproc on pg_amproc.amprocfamily = compared.family_id
                union all
                select compared.kind, compared.id, 1255::oid, pg_operator.oprcode::oid, true
                from compared
                inner join pg_catalog.pg_amop on pg_amop.amopfamily = compared.family_id
                inner join pg_catalog.pg_operator on pg_operator.oid = pg_amop.amopopr
            ) as led
            left join pg_catalog.pg_proc on led.catalog_id = 1255::oid and pg_proc.oid = led.object_id
            left join brought on led.catalog_id = 1247::oid and brought.type_id = led.object_id
        ),
        noted as (
            select
                kind,
                id,
                case catalog_id
                    when 1255::oid then ${functionReference("called", "called.extension", "called.is_of_type")}
                    when 1247::oid
                    then coalesce('e' || object_id::text || ' ' || array_type_id::text, 't' || object_id::text)
                    when 1259::oid then 'r' || object_id::text
                    when 2617::oid then 'o' || object_id::text
                    when 2616::oid then 'c' || object_id::text
                    when 2753::oid then 'y' || object_id::text
                end as reference
            from called
        )
        select kind as "kind", id::int8 as "id", reference as "reference"
        from noted
        where reference is not null`;
}

const unnamedColumns = `
        (
            select pg_catalog.json_agg(found)
            from (
                select
                    pg_cast.castsource::int8 as "sourceId",
                    pg_cast.casttarget::int8 as "targetId",
                    pg_cast.castcontext as "context",
                    ${functionReference("called", extensionOf("called.oid"), "true")} as "reference"
                from pg_catalog.pg_cast
                left join pg_catalog.pg_proc as called on called.oid = pg_cast.castfunc
                where ${isMade("pg_cast.oid")}
            ) as found
        ) as "casts",
        (
            select pg_catalog.json_agg(found)
            from (
                select
                    pg_opclass.oid::int8 as "id",
                    pg_opclass.opcintype::int8 as "typeId",
                    pg_opclass.opcfamily::int8 as "familyId"
                from pg_catalog.pg_opclass
                where ${isMade("pg_opclass.oid")}
            ) as found
        ) as "operatorClasses",
        pg_catalog.getdatabaseencoding()::text as "encoding"`;
