/**
 * Everything about Citus, the extension that distributes tables over the servers of a cluster. On a server without it, these
 * functions report that no table is distributed.
 */
import type { Distribution } from "../project/definitions.js";
import { quoteLiteral } from "../sql/identifiers.js";
import type { Queryable } from "./queryable.js";

/** A table that Citus distributes or copies to other servers. */
export interface SpreadTable {
    /** The oid of the table on this server; it is empty here, as its rows are in shards. */
    readonly id: string;
    readonly schema: string;
    readonly name: string;
    readonly kind: "distributed" | "reference" | "local";
    /** The distribution column of a distributed table; null for the others. */
    readonly column: string | null;
    /** In tables with the same colocation, rows with equal distribution values are on the same server. */
    readonly colocation: string;
}

/** Start of the comment on staging tables, in which builds on a cluster keep a model's new rows; they may be dropped at any time. */
export const stagingComment = "stardeck: new rows of ";

/** SQL for whether the database has the extension. */
export const isClusterSql = "pg_catalog.to_regclass('pg_catalog.pg_dist_partition') is not null";

/**
 * SQL for whether a row of `pg_class` describes a table that Citus distributes or copies. It looks for a trigger that Citus gives every
 * such table, so it also runs on a server without Citus. The catalog's sizes and row counts of such a table describe its empty shell.
 */
export function isSpreadSql(relation: string): string {
    return `case when ${relation}.relhastriggers then exists (
            select 1
            from pg_catalog.pg_trigger
            join pg_catalog.pg_proc on pg_proc.oid = tgfoid and proname = 'citus_truncate_trigger'
            where tgrelid = ${relation}.oid
        ) else false end`;
}

/** The bytes of a spread table on all servers, indexes included. */
export async function loadSpreadBytes(database: Queryable, relation: string): Promise<number> {
    const { rows } = await database.query<{ bytes: number }>(
        "select pg_catalog.citus_total_relation_size($1::text::pg_catalog.regclass)::float8 as bytes",
        [relation],
    );
    return rows[0]?.bytes ?? 0;
}

export async function isCluster(database: Queryable): Promise<boolean> {
    const { rows } = await database.query<{ isCluster: boolean }>(`select ${isClusterSql} as "isCluster"`);
    return rows[0]?.isCluster === true;
}

/** The tables that the cluster knows, without those in which builds keep new rows; to be asked of a cluster alone. */
export async function loadSpreadTables(database: Queryable): Promise<readonly SpreadTable[]> {
    const { rows } = await database.query<SpreadTable>(
        `select
            relation.oid::text as id, namespace.nspname::text as schema, relation.relname::text as name,
            case when partition.partmethod <> 'n' then 'distributed' when partition.repmodel = 't' then 'reference' else 'local' end as kind,
            case when partition.partmethod <> 'n' then pg_catalog.column_to_column_name(relation.oid, partition.partkey) end as column,
            partition.colocationid::text as colocation
        from pg_catalog.pg_dist_partition as partition
        join pg_catalog.pg_class as relation on relation.oid = partition.logicalrelid
        join pg_catalog.pg_namespace as namespace on namespace.oid = relation.relnamespace
        where not pg_catalog.starts_with(coalesce(pg_catalog.obj_description(relation.oid, 'pg_class'), ''), ${quoteLiteral(stagingComment)})
        order by 2, 3`,
    );
    return rows;
}

const oneConnectionSql = `set local citus.multi_shard_modify_mode = 'sequential';
    set local citus.max_adaptive_executor_pool_size = 1;
    set local citus.propagate_set_commands = 'local'`;

/**
 * Settings for a transaction that makes or drops distributed tables: it uses one connection per server, and plans here, because no
 * other connection sees the tables yet.
 */
export const beginShapingSql = `set local citus.explain_distributed_queries = off;
    ${oneConnectionSql}`;

/**
 * Settings for a transaction that changes rows of distributed tables. It uses one connection per server, which sees what the
 * transaction has written there; copies are not read or written locally, past these connections; and our settings reach the servers.
 */
export const beginOnClusterSql = `set local citus.enable_local_execution = off;
    ${oneConnectionSql}`;

/**
 * Statements that distribute a table as its model wants; none if it already is.
 *
 * @param relation the quoted name of the table
 */
export function spreadSql(
    relation: string,
    wanted: Distribution,
    actual: Pick<SpreadTable, "kind" | "column"> | null,
    colocatedWith: string | null = null,
): readonly string[] {
    const column = wanted === "reference" ? null : wanted.column;
    if (actual !== null && actual.kind !== "local" && actual.column === column) {
        return [];
    }
    const table = quoteLiteral(relation);
    const beside = colocatedWith === null ? "" : `, colocate_with => ${quoteLiteral(colocatedWith)}`;
    return [
        ...(actual === null ? [] : [`select pg_catalog.undistribute_table(${table})`]),
        column === null
            ? `select pg_catalog.create_reference_table(${table})`
            : `select pg_catalog.create_distributed_table(${table}, ${quoteLiteral(column)}${beside})`,
    ];
}

/** Drops the staging tables of builds, which would block changes of the tables whose row types they use. */
export async function dropStagingTables(database: Queryable): Promise<void> {
    const { rows } = await database.query<{ relation: string }>(
        `select pg_catalog.format('%I.%I', nspname, relname) as relation
        from pg_catalog.pg_class
        join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
        where relkind = 'r' and pg_catalog.starts_with(pg_catalog.obj_description(pg_class.oid, 'pg_class'), ${quoteLiteral(stagingComment)})`,
    );
    if (rows.length > 0) {
        await database.query(`drop table ${rows.map(({ relation }) => relation).join(", ")}`);
    }
}

export interface ClusterServer {
    /** Host and port. */
    readonly name: string;
    readonly answers: boolean;
}

/** Which servers there are, and whether the coordinator reaches them; to be asked of a cluster alone. */
export async function loadClusterServers(
    database: Queryable,
): Promise<{ readonly version: string; readonly servers: readonly ClusterServer[] }> {
    const { rows } = await database.query<{ version: string }>(
        "select extversion as version from pg_catalog.pg_extension where extname = 'citus'",
    );
    const { rows: servers } = await database.query<ClusterServer>(
        `select
            pg_catalog.format('%s:%s', nodename, nodeport) as name,
            pg_catalog.citus_check_connection_to_node(nodename, nodeport) as answers
        from pg_catalog.pg_dist_node
        where isactive and noderole = 'primary'
        order by 1`,
    );
    return { version: rows[0]?.version ?? "", servers };
}

/** The bytes of tables on the coordinator itself, by `schema.name`: of a table that is spread, what was left behind. */
export async function loadLocalBytes(
    database: Queryable,
    places: readonly string[],
): Promise<ReadonlyMap<string, number>> {
    const { rows } = await database.query<{ place: string; bytes: number }>(
        `select nspname || '.' || relname as place, pg_catalog.pg_relation_size(pg_class.oid)::float8 as bytes
        from pg_catalog.pg_class
        join pg_catalog.pg_namespace on pg_namespace.oid = relnamespace
        where relkind = 'r' and nspname || '.' || relname = any ($1)`,
        [places],
    );
    return new Map(rows.map(({ place, bytes }) => [place, bytes]));
}

/** A part of a distributed table, and where it is. */
export interface Shard {
    readonly id: string;
    /** Which copy of it. */
    readonly placement: string;
    readonly host: string;
    readonly port: number;
    /** Its table there, quoted. */
    readonly relation: string;
}

/** The shards of distributed tables, by the number of the table here; without those of which there are several copies. */
export async function loadShards(database: Queryable): Promise<ReadonlyMap<string, readonly Shard[]>> {
    const { rows } = await database.query<Shard & { table: string }>(
        `select
            shard.logicalrelid::pg_catalog.oid::text as table, shard.shardid::text as id, placement.placementid::text as placement,
            node.nodename as host, node.nodeport as port,
            case when relation.relnamespace = 'public'::pg_catalog.regnamespace and not pg_catalog.starts_with(named.name, 'public.')
                then 'public.' else '' end || named.name as relation
        from pg_catalog.pg_dist_partition as partition
        join pg_catalog.pg_class as relation on relation.oid = partition.logicalrelid
        join pg_catalog.pg_dist_shard as shard on shard.logicalrelid = partition.logicalrelid
        join pg_catalog.pg_dist_placement as placement on placement.shardid = shard.shardid
        join pg_catalog.pg_dist_node as node on node.groupid = placement.groupid and node.noderole = 'primary'
        cross join lateral (select pg_catalog.shard_name(shard.logicalrelid, shard.shardid) as name) as named
        where partition.partmethod <> 'n' and relation.relkind = 'r'
        order by shard.shardid`,
    );
    const tables = new Map<string, Shard[]>();
    for (const { table, ...shard } of rows) {
        tables.set(table, [...(tables.get(table) ?? []), shard]);
    }
    return new Map([...tables].filter(([, shards]) => new Set(shards.map(({ id }) => id)).size === shards.length));
}
