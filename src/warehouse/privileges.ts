import { madeBy } from "./operations-schema.js";
import type { Queryable } from "./registry.js";

/** The database user, and what it may do. */
export interface Access {
    readonly user: string;
    readonly databaseName: string;
    /** `15.18` */
    readonly version: string;
    readonly isEncrypted: boolean;
    /** Where this user, or a role that it is a member of, could write. */
    readonly couldWrite: {
        readonly asSuperuser: boolean;
        readonly inNewSchemas: boolean;
        /** Schemas in which it could create something, or change rows or sequences. */
        readonly inSchemas: readonly string[];
    };
    readonly mayCreateSchemas: boolean;
    readonly mayMakeTemporaryTables: boolean;
    /** Existing schemas of stardeck in which this user may not create tables. */
    readonly closedSchemas: readonly string[];
}

const couldWriteInSchema = `
    has_schema_privilege(role.oid, pg_namespace.oid, 'create')
    or (
        has_schema_privilege(role.oid, pg_namespace.oid, 'usage')
        and exists (
            select
            from pg_class
            where
                pg_class.relnamespace = pg_namespace.oid
                and case
                    when pg_class.relkind = 'S' then has_sequence_privilege(role.oid, pg_class.oid, 'usage, update')
                    when pg_class.relkind in ('r', 'p', 'v', 'm', 'f')
                    then
                        has_any_column_privilege(role.oid, pg_class.oid, 'insert, update')
                        or has_table_privilege(role.oid, pg_class.oid, 'delete, truncate')
                    else false
                end
        )
    )`;

export async function loadAccess(database: Queryable): Promise<Access> {
    const { rows } = await database.query<Access>(
        `with role as (
            select oid, rolsuper
            from pg_roles
            where pg_has_role(oid, 'member')
        )

        select
            current_user as "user",
            current_database() as "databaseName",
            current_setting('server_version') as "version",
            coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
            json_build_object(
                'asSuperuser', exists (select from role where rolsuper),
                'inNewSchemas', exists (select from role where has_database_privilege(oid, current_database(), 'create')),
                'inSchemas', array(
                    select nspname
                    from pg_namespace
                    where
                        nspname !~ '^pg_'
                        and nspname <> 'information_schema'
                        and exists (select from role where ${couldWriteInSchema})
                    order by nspname
                )
            ) as "couldWrite",
            has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
            has_database_privilege(current_database(), 'temporary') as "mayMakeTemporaryTables",
            array(
                select nspname::text
                from pg_namespace
                where (nspname = 'ops' or starts_with(obj_description(oid, 'pg_namespace'), '${madeBy}'))
                    and not (has_schema_privilege(nspname, 'create') and has_schema_privilege(nspname, 'usage'))
                order by 1
            ) as "closedSchemas"`,
    );
    const [access] = rows;
    if (access === undefined) {
        throw new Error("a SELECT without FROM gave no row");
    }
    return access;
}
