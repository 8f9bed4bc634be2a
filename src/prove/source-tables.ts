import { StardeckError } from "../config/errors.js";
import type { Connection } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { StatementError } from "../database/errors.js";
import type { SourceFile } from "../project/project.js";
import { formatQualified, quoteIdentifier, quoteQualified } from "../sql/identifiers.js";

/** How to make a source's table in a scratch database: everything that decides which rows it can hold. */
export interface SourceTable {
    readonly source: SourceFile;
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly SourceColumn[];
    readonly references: readonly Reference[];
    /** Statements that make the types of its columns; and, below, its constraints and indexes. */
    readonly typesSql: readonly string[];
    readonly constraintsSql: readonly string[];
    /** The approximate row count of the real table, and whether TABLESAMPLE can read it; null if there is no real table. */
    readonly original: { readonly rowCount: number; readonly canBeSampled: boolean } | null;
}

export interface SourceColumn {
    readonly name: string;
    /** As PostgreSQL writes it: `numeric(12,2)`. */
    readonly type: string;
    readonly notNull: boolean;
    /** The expression of a generated column; null for others. */
    readonly generatedAs: string | null;
    readonly collation: string | null;
    /** The values of an enum type; otherwise empty. */
    readonly labels: readonly string[];
}

/** A foreign key to another source or to the same one. */
export interface Reference {
    readonly columns: readonly string[];
    readonly schema: string;
    readonly table: string;
    readonly toColumns: readonly string[];
}

interface FoundTable {
    readonly id: string;
    readonly rowCount: number;
    readonly canBeSampled: boolean;
    readonly columns: readonly SourceColumn[];
    readonly references: readonly Reference[];
    readonly constraintsSql: readonly string[];
    readonly typesSql: readonly string[];
}

/**
 * The tables of sources, from a database's catalog or else from the columns that the project declares; sources with neither are left
 * out. Views count as tables: only their rows matter.
 *
 * @param database null if there is none
 */
export async function loadSourceTables(
    database: Connection | null,
    sources: readonly SourceFile[],
    sourceSchema: string,
): Promise<readonly SourceTable[]> {
    const tables: SourceTable[] = [];
    for (const source of sources.filter(({ kind }) => kind !== "seed")) {
        const { table, schema: given, columns: declared } = source;
        const schema = given ?? sourceSchema;
        const found = database === null ? null : await loadTableOrNull(database, schema, table);
        const base = { source, schema, table };
        if (found !== null) {
            const { rowCount, canBeSampled, columns, references, constraintsSql, typesSql } = found;
            tables.push({
                ...base,
                columns,
                references,
                constraintsSql,
                typesSql,
                original: { rowCount, canBeSampled },
            });
        } else if (declared.length > 0) {
            const columns = declared.map(({ name, type }): SourceColumn => ({
                name,
                type,
                notNull: source.kind !== "versions" && source.key.includes(name),
                generatedAs: null,
                collation: null,
                labels: [],
            }));
            tables.push({ ...base, columns, references: [], constraintsSql: [], typesSql: [], original: null });
        }
    }
    const isSource = ({ schema, table }: Reference): boolean =>
        tables.some((other) => other.schema === schema && other.table === table);
    return tables.map((each) => ({ ...each, references: each.references.filter(isSource) }));
}

async function loadTableOrNull(database: Connection, schema: string, table: string): Promise<FoundTable | null> {
    const { rows } = await database.query<FoundTable>(
        `select
            relation.oid::text as id,
            greatest(reltuples, 0)::float8 as "rowCount",
            relkind in ('r', 'p', 'm') and not relrowsecurity as "canBeSampled",
            (
                select coalesce(json_agg(json_build_object(
                    'name', attname,
                    'type', format_type(atttypid, atttypmod),
                    'notNull', attnotnull,
                    'generatedAs', case when attgenerated <> '' then pg_get_expr(adbin, adrelid) end,
                    'collation', case when attcollation <> typcollation then attcollation::regcollation::text end,
                    'labels', array(select enumlabel from pg_enum where enumtypid = atttypid order by enumsortorder)
                ) order by attnum), '[]')
                from pg_attribute
                join pg_type on pg_type.oid = atttypid
                left join pg_attrdef on adrelid = attrelid and adnum = attnum
                where attrelid = relation.oid and attnum > 0 and not attisdropped
            ) as columns,
            (
                select coalesce(json_agg(json_build_object(
                    'columns', array(
                        select attname from unnest(conkey) with ordinality as part (attnum, position)
                        join pg_attribute on attrelid = conrelid and pg_attribute.attnum = part.attnum order by position
                    ),
                    'schema', other_schema.nspname,
                    'table', other.relname,
                    'toColumns', array(
                        select attname from unnest(confkey) with ordinality as part (attnum, position)
                        join pg_attribute on attrelid = confrelid and pg_attribute.attnum = part.attnum order by position
                    )
                )), '[]')
                from pg_constraint
                join pg_class as other on other.oid = confrelid
                join pg_namespace as other_schema on other_schema.oid = other.relnamespace
                where conrelid = relation.oid and contype = 'f'
            ) as references,
            array(
                select format('alter table %I.%I add %s', nspname, relname, pg_get_constraintdef(pg_constraint.oid))
                from pg_constraint
                where conrelid = relation.oid and contype in ('p', 'u', 'c', 'x', 'f')
                order by array_position(array['p', 'u', 'x', 'c', 'f'], contype::text), conname
            ) || array(
                select pg_get_indexdef(indexrelid)
                from pg_index
                where indrelid = relation.oid and indisvalid and relkind in ('r', 'p')
                    and not exists (select from pg_constraint where conindid = indexrelid)
                order by indexrelid
            ) as "constraintsSql",
            array(
                select distinct case type.typtype
                    when 'e' then format(
                        'create type %s as enum (%s)', type.oid::regtype,
                        (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_enum where enumtypid = type.oid)
                    )
                    else format(
                        'create domain %s as %s%s%s', type.oid::regtype, format_type(type.typbasetype, type.typtypmod),
                        case when type.typnotnull then ' not null' else '' end,
                        (
                            select coalesce(string_agg(' ' || pg_get_constraintdef(pg_constraint.oid), ''), '')
                            from pg_constraint where contypid = type.oid and contype = 'c'
                        )
                    )
                end
                from pg_attribute
                join pg_type as of_column on of_column.oid = atttypid
                join pg_type as type on type.oid in (of_column.oid, of_column.typelem)
                where attrelid = relation.oid and attnum > 0 and not attisdropped
                    and type.typtype in ('e', 'd') and type.typnamespace <> 'pg_catalog'::regnamespace
            ) as "typesSql"
        from pg_class as relation
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = $1 and relname = $2 and relkind in ('r', 'v', 'm', 'p', 'f')`,
        [schema, table],
    );
    return rows[0] ?? null;
}

/**
 * Makes the tables in a scratch database.
 *
 * @returns the statements for constraints and indexes that failed there, for example because they call unknown functions
 * @throws StardeckError `failed` for a column whose type does not exist there
 */
export async function makeSourceTables(database: Database, tables: readonly SourceTable[]): Promise<readonly string[]> {
    return database.withTransaction(async (connection) => {
        const left: string[] = [];
        const attempt = async (sql: string): Promise<void> => {
            if ((await tryStatement(connection, sql)) !== null) {
                left.push(sql);
            }
        };
        for (const schema of new Set([...tables.map((table) => table.schema), ...tables.flatMap(schemasOfTypes)])) {
            await connection.query(`create schema if not exists ${quoteIdentifier(schema)}`);
        }
        // In reverse order, enums come before the domains that may use them.
        for (const sql of [...new Set(tables.flatMap(({ typesSql }) => typesSql))].sort().reverse()) {
            await attempt(sql);
        }
        for (const table of tables) {
            await makeTable(connection, table);
        }
        const isReference = (sql: string): boolean => sql.includes(") REFERENCES ");
        const all = tables.flatMap(({ constraintsSql }) => constraintsSql);
        for (const sql of [...all.filter((each) => !isReference(each)), ...all.filter(isReference)]) {
            await attempt(sql);
        }
        // Foreign keys to tables other than sources cannot be kept, and need not be.
        return left.filter((sql) => !isReference(sql));
    });
}

/** The database schemas of the types to make, parsed from their statements. */
function schemasOfTypes({ typesSql }: SourceTable): readonly string[] {
    return typesSql.flatMap((sql) => {
        const [, quoted, plain] = /^create (?:type|domain) (?:"((?:[^"]|"")+)"|(\w+))\./.exec(sql) ?? [];
        return quoted?.replaceAll('""', '"') ?? plain ?? [];
    });
}

async function makeTable(connection: Connection, { schema, table, columns }: SourceTable): Promise<void> {
    const parts = columns.map(({ name, type, notNull, generatedAs, collation }) =>
        [
            quoteIdentifier(name),
            type,
            ...(collation === null ? [] : [`collate ${collation}`]),
            ...(generatedAs === null ? [] : [`generated always as (${generatedAs}) stored`]),
            ...(notNull ? ["not null"] : []),
        ].join(" "),
    );
    // Few rows per block, so that a small table has several blocks, like a large one; builds track new rows by blocks.
    const error = await tryStatement(
        connection,
        `create table ${quoteQualified(schema, table)} (${parts.join(", ")}) with (fillfactor = 10)`,
    );
    if (error !== null) {
        throw new StardeckError(
            `The source ${formatQualified(schema, table)} cannot be made in the scratch database: ${error.message}.`,
            {
                code: "failed",
                hint: "That is an embedded database without extensions; types of the pg_catalog, enums and domains go there.",
                cause: error,
            },
        );
    }
}

/** Runs a statement in a savepoint; returns PostgreSQL's error, or null if it succeeded. */
export async function tryStatement(connection: Connection, sql: string): Promise<StatementError | null> {
    await connection.query("savepoint attempt");
    try {
        await connection.query(sql);
        await connection.query("release savepoint attempt");
        return null;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        await connection.query("rollback to savepoint attempt");
        return error;
    }
}
