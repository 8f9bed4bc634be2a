import type { Queryable } from "../warehouse/registry.js";

/** Who we are to the database, and what we may do there. */
export interface Access {
    readonly user: string;
    readonly databaseName: string;
    /** `15.18` */
    readonly version: string;
    readonly isEncrypted: boolean;
    /** A standby, or a server set to read only. */
    readonly isReadOnly: boolean;
    readonly mayCreateSchemas: boolean;
    readonly mayMakeTemporaryTables: boolean;
    /** stardeck's schemas that exist and in which this user may not create. */
    readonly closedSchemas: readonly string[];
}

export async function loadAccess(database: Queryable): Promise<Access> {
    const { rows } = await database.query<Access>(
        `select
            current_user as "user",
            current_database() as "databaseName",
            current_setting('server_version') as "version",
            coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "isEncrypted",
            (pg_is_in_recovery() or current_setting('default_transaction_read_only')::boolean) as "isReadOnly",
            has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
            has_database_privilege(current_database(), 'temporary') as "mayMakeTemporaryTables",
            array(
                select nspname::text
                from pg_namespace
                where nspname in ('ops', 'prep', 'warehouse', 'marts')
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
