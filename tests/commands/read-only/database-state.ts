import type { Database } from "../../../src/database/database.js";

/** What a database holds and what goes on in it, so that two moments can be compared. */
export interface DatabaseState {
    /** A checksum of each table's rows: the catalog's too, large objects and sequences among them. */
    readonly tables: Readonly<Record<string, string>>;
    /** Of the server, and what is stored for roles and databases: a session's own end with it. */
    readonly settings: Readonly<Record<string, string>>;
    /** Locks that outlive a statement: of advisory functions, and on tables by other connections. */
    readonly lockCount: number;
    readonly statisticsReset: string | null;
    /** When the server last read its configuration. */
    readonly configuredAt: string;
    /** Replication slots, of this database and of the whole server. */
    readonly slots: readonly string[];
    /** What is in the data folder, and in those for slots, temporary files and large statements' leavings. */
    readonly files: readonly string[];
}

/** Statistics of the planner and of vacuum change by themselves. */
const ownLife = `'{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,relminmxid}'::text[]`;

export async function loadDatabaseState(database: Database): Promise<DatabaseState> {
    const { rows: tables } = await database.query<{ name: string }>(
        `select oid::regclass::text as name
        from pg_class
        where
            relkind in ('r', 'm', 'S')
            and not relisshared
            and relpersistence <> 't'
            and relname not in ('pg_statistic', 'pg_statistic_ext_data')
        order by oid`,
    );
    const sums = tables.map(
        ({ name }) =>
            `select '${name.replaceAll("'", "''")}' as name, md5(coalesce(string_agg(whole, chr(10) order by whole), '')) as sum
            from (select (to_jsonb(each) - ${ownLife})::text as whole from (select * from ${name}) as each) as rows`,
    );
    const { rows: found } = await database.query<{ name: string; sum: string }>(sums.join("\nunion all\n"));
    const { rows: others } = await database.query<Omit<DatabaseState, "tables">>(
        `select
            (
                select jsonb_object_agg(name, coalesce(value, '') order by name)
                from (
                    select name, reset_val as value
                    from pg_settings
                    where context in ('postmaster', 'sighup')
                    union all
                    select format('role %s in database %s', setrole, setdatabase), setconfig::text
                    from pg_db_role_setting
                    where setdatabase in (0, (select oid from pg_database where datname = current_database()))
                ) as stored
            ) as settings,
            (
                select count(*)::integer
                from pg_locks
                where
                    database = (select oid from pg_database where datname = current_database())
                    and (locktype = 'advisory' or pid <> pg_backend_pid())
            ) as "lockCount",
            (select stats_reset::text from pg_stat_database where datname = current_database()) as "statisticsReset",
            pg_conf_load_time()::text as "configuredAt",
            array(
                select format('%s %s', slot_name, plugin)
                from pg_replication_slots
                where coalesce(database, current_database()) = current_database()
                order by 1
            ) as slots,
            array(
                select format('%s/%s', folder, file)
                from unnest(array['.', 'base', 'global', 'pg_replslot', 'pg_tblspc', 'pg_twophase']) as folder,
                    pg_ls_dir(folder, true, false) as file
                where file !~ '^(pgsql_tmp|pg_internal|[0-9]+(_[a-z]+)?$)'
                union all
                select format('%s %s', file, (pg_stat_file(file, true)).modification)
                from unnest(array['postgresql.conf', 'postgresql.auto.conf', 'pg_hba.conf', 'pg_ident.conf']) as file
                order by 1
            ) as files`,
    );
    const [other] = others;
    if (other === undefined) {
        throw new Error("a SELECT without FROM gave no row");
    }
    return { tables: Object.fromEntries(found.map(({ name, sum }) => [name, sum])), ...other };
}
