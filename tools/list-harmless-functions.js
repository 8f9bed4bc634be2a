// Writes src/database/read-only/harmless-functions.ts: the functions that a person's statement may reach, from the catalogs
// of servers of PostgreSQL 15 to 18 on which the extensions below are installed.
//
//     node tools/list-harmless-functions.js URL…
//
// Everything that PostgreSQL marks as IMMUTABLE or STABLE is taken, less what was found harmful at review; nothing that is
// VOLATILE is taken, but for what is named here. A function that needs an `internal` or `cstring` argument is not taken
// either: it is for PostgreSQL's own calls. (The guard lets one with an `internal` argument pass where an aggregate or a type
// leads to it.)
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";
import pg from "pg";

const split = (names) => names.trim().split(/\s+/);

/** PostgreSQL's own functions that are VOLATILE and harmless. */
const harmlessThoughVolatile = [
    ["They tell the time.", "clock_timestamp timeofday"],
    [
        "They make values by chance, and no setting but the session's own generator moves on.",
        "random random_normal array_sample array_shuffle gen_random_uuid uuidv4 uuidv7",
    ],
    ["They only wait, and are ended by the limit of time and by a cancel.", "pg_sleep pg_sleep_for pg_sleep_until"],
    [
        "They give the text of the statement, or what a sequence has given before.",
        "current_query currval lastval pg_sequence_last_value pg_get_sequence_data",
    ],
    [
        "They measure files of tables and databases.",
        "pg_database_size pg_indexes_size pg_relation_size pg_table_size pg_tablespace_size pg_total_relation_size",
    ],
    ["They list the partitions of a table.", "pg_partition_ancestors pg_partition_tree"],
    [
        "They read what the server knows of its own state, in shared memory or its control file.",
        `pg_blocking_pids pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system pg_current_wal_flush_lsn
        pg_current_wal_insert_lsn pg_current_wal_lsn pg_get_aios pg_get_backend_memory_contexts pg_get_loaded_modules
        pg_get_multixact_members pg_get_shmem_allocations pg_get_shmem_allocations_numa pg_get_wait_events
        pg_get_wal_replay_pause_state pg_get_wal_resource_managers pg_get_wal_summarizer_state pg_is_in_recovery
        pg_is_wal_replay_paused pg_jit_available pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
        pg_last_xact_replay_timestamp pg_lock_status pg_notification_queue_usage pg_prepared_xact
        pg_safe_snapshot_blocking_pids pg_show_replication_origin_status pg_xact_commit_timestamp
        pg_xact_commit_timestamp_origin pg_xact_status txid_status`,
    ],
    [
        "They ask the library of collations for its version.",
        "pg_collation_actual_version pg_database_collation_actual_version",
    ],
    [
        "They read the counters of statistics.",
        `pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_bgwriter_buf_written_checkpoints
        pg_stat_get_bgwriter_requested_checkpoints pg_stat_get_bgwriter_timed_checkpoints pg_stat_get_buf_fsync_backend
        pg_stat_get_buf_written_backend pg_stat_get_checkpoint_sync_time pg_stat_get_checkpoint_write_time pg_stat_get_io
        pg_stat_get_recovery_prefetch pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
        pg_stat_get_xact_function_calls pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time
        pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
        pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated
        pg_stat_get_xact_tuples_returned pg_stat_get_xact_tuples_updated pg_stat_have_stats`,
    ],
    ["They read a large object whole or in part; READ ONLY keeps it from being written.", "lo_get"],
    ["They are the built-in ways to take a sample; no statement calls them by themselves.", "bernoulli system"],
    ["A view of the time zones' abbreviations.", "pg_timezone_abbrevs"],
    ["Parts of aggregates over intervals.", "interval_accum interval_accum_inv interval_combine"],
];

/** PostgreSQL's own functions that are not VOLATILE and harmful, or that lead on to what cannot be seen. */
const harmfulThoughNotVolatile = [
    ["They take a transaction number.", "pg_current_xact_id txid_current"],
    [
        "They read a relation, a schema or the database that they are given by name or number, with all that its views call.",
        `database_to_xml database_to_xml_and_xmlschema database_to_xmlschema schema_to_xml schema_to_xml_and_xmlschema
        schema_to_xmlschema table_to_xml table_to_xml_and_xmlschema table_to_xmlschema`,
    ],
    [
        "They read a value of a type that they are given as text, which runs the checks of a domain.",
        "pg_input_is_valid pg_input_error_info",
    ],
    ["It calls what a partitioned table's operator classes call.", "satisfies_hash_partition"],
    [
        "They compile a function that they are given by its number.",
        "fmgr_c_validator fmgr_internal_validator fmgr_sql_validator plpgsql_validator",
    ],
    [
        "They are for event triggers.",
        `pg_event_trigger_ddl_commands pg_event_trigger_dropped_objects
        pg_event_trigger_table_rewrite_oid pg_event_trigger_table_rewrite_reason`,
    ],
];

/** Extensions whose functions in C were looked at: all that is not VOLATILE is taken, less and more than that as named here. */
const extensions = {
    bloom: {},
    btree_gin: {},
    btree_gist: {},
    citext: {},
    citus: {
        // Read what the cluster is made of, and ask its servers how large tables are. What runs statements there is written in
        // PL/pgSQL and SQL, and leads to others that are not here.
        harmless: `citus_backend_gpid citus_calculate_gpid citus_executor_name citus_get_active_worker_nodes citus_is_coordinator
            citus_is_primary_node citus_relation_size citus_shard_sizes citus_stat_counters citus_table_size citus_total_relation_size
            column_to_column_name get_colocated_shard_array get_colocated_table_array get_shard_id_for_distribution_column
            master_get_active_worker_nodes relation_is_a_known_shard time_partition_range worker_hash`,
        // They set the cluster's clock, and run a statement on another server over a connection of their own.
        harmful: "adjust_local_clock_to_remote citus_internal_adjust_local_clock_to_remote master_run_on_worker",
    },
    cube: {},
    dict_int: {},
    dict_xsyn: {},
    earthdistance: {},
    fuzzystrmatch: {},
    hstore: {},
    intagg: {},
    intarray: {},
    // isn_weak(boolean) changes the session, and is marked IMMUTABLE before PostgreSQL 18.
    isn: { harmful: "isn_weak" },
    lo: {},
    ltree: {},
    pg_buffercache: {
        // Read shared memory; what evicts pages is not here.
        harmless: "pg_buffercache_pages pg_buffercache_summary pg_buffercache_usage_counts pg_buffercache_numa_pages",
    },
    // Reads the map of free space.
    pg_freespacemap: { harmless: "pg_freespace" },
    // Read the counters; the reset is not here.
    pg_stat_statements: { harmless: "pg_stat_statements pg_stat_statements_info" },
    pg_trgm: {},
    // Read the map of visible pages; what truncates it is not here.
    pg_visibility: { harmless: "pg_visibility pg_visibility_map pg_visibility_map_summary" },
    pgcrypto: {
        // Take random numbers.
        harmless: `gen_random_bytes gen_random_uuid gen_salt pgp_pub_encrypt pgp_pub_encrypt_bytea pgp_sym_encrypt
            pgp_sym_encrypt_bytea fips_mode`,
    },
    postgis: {
        // Take a sample by chance, and look for clusters from random centres.
        harmless: "st_clusterkmeans st_generatepoints",
        // It makes a table. What transforms reads the spatial reference systems, and the definitions and grids of the library.
        harmful: "st_fromflatgeobuftotable",
    },
    // Read the pages of a table or an index and count.
    pgstattuple: { harmless: "pg_relpages pgstatginindex pgstathashindex pgstatindex pgstattuple pgstattuple_approx" },
    seg: {},
    // Tell of the connection's certificate.
    sslinfo: {
        harmless: `ssl_cipher ssl_client_cert_present ssl_client_dn ssl_client_dn_field ssl_client_serial
            ssl_extension_info ssl_is_used ssl_issuer_dn ssl_issuer_field ssl_version`,
    },
    // The others run SQL that they are given as text; normal_rand takes random numbers.
    tablefunc: { harmless: "normal_rand", harmful: "connectby crosstab crosstab2 crosstab3 crosstab4" },
    tsm_system_rows: { harmless: "system_rows" },
    tsm_system_time: { harmless: "system_time" },
    unaccent: {},
    // Take random numbers and the time.
    "uuid-ossp": { harmless: "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4" },
    // pgvector: computes with vectors.
    vector: {},
};

const functionsSql = `
    select
        pg_proc.proname as name,
        pg_proc.proname || '(' || oidvectortypes(pg_proc.proargtypes) || ')' as signature,
        pg_proc.provolatile = 'v' as "isVolatile",
        pg_proc.proargtypes::oid[] && array['internal'::regtype::oid, 'cstring'::regtype::oid]
            and pg_proc.proname not in ('bernoulli', 'system', 'system_rows', 'system_time') as "isForServer",
        pg_language.lanname in ('c', 'internal') as "isCompiled",
        pg_extension.extname as extension
    from pg_proc
    inner join pg_language on pg_language.oid = pg_proc.prolang
    left join pg_depend
        on pg_depend.classid = 'pg_proc'::regclass
        and pg_depend.objid = pg_proc.oid
        and pg_depend.deptype = 'e'
    left join pg_extension on pg_extension.oid = pg_depend.refobjid
    where
        pg_proc.prokind <> 'p'
        and pg_proc.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
        and (pg_proc.oid < 16384 or pg_extension.oid is not null)`;

async function loadFunctions(url) {
    const client = new pg.Client(url);
    await client.connect();
    try {
        return (await client.query(functionsSql)).rows;
    } finally {
        await client.end();
    }
}

const allowed = new Set(harmlessThoughVolatile.flatMap(([, names]) => split(names)));
const refused = new Set(harmfulThoughNotVolatile.flatMap(([, names]) => split(names)));

function isHarmless({ name, isVolatile, isForServer, extension }) {
    if (isForServer) {
        return false;
    }
    if (extension === null || extension === "plpgsql") {
        return isVolatile ? allowed.has(name) : !refused.has(name);
    }
    const { harmless = "", harmful = "" } = extensions[extension];
    return isVolatile ? split(harmless).includes(name) : !split(harmful).includes(name);
}

/** Names whose every function is harmless, and the signatures of the harmless ones of the other names. */
function summarize(functions) {
    const names = new Set(functions.filter(isHarmless).map(({ name }) => name));
    const mixed = new Set(functions.filter((each) => !isHarmless(each)).map(({ name }) => name));
    return {
        names: [...names].filter((name) => !mixed.has(name)).sort(),
        signatures: [
            ...new Set(
                functions.filter((each) => mixed.has(each.name) && isHarmless(each)).map((each) => each.signature),
            ),
        ].sort(),
    };
}

function wrap(words, indent) {
    const lines = [];
    for (const word of words) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + word.length < 110) {
            lines[lines.length - 1] = `${last} ${word}`;
        } else {
            lines.push(`${indent}${word}`);
        }
    }
    return lines.join("\n");
}

const functions = (await Promise.all(process.argv.slice(2).map(loadFunctions))).flat();
const builtIn = summarize(functions.filter(({ extension }) => extension === null || extension === "plpgsql"));
const ofExtensions = Object.keys(extensions).flatMap((extension) => {
    const { names, signatures } = summarize(
        functions.filter((each) => each.extension === extension && each.isCompiled),
    );
    if (signatures.length > 0) {
        throw new Error(`${extension} has one name for what is harmless and what is not: ${signatures.join(", ")}`);
    }
    return names.length === 0
        ? []
        : [`    [\n        ${JSON.stringify(extension)},\n        \`\n${wrap(names, "            ")}\`,\n    ],`];
});

writeFileSync(
    fileURLToPath(new URL("../src/database/read-only/harmless-functions.ts", import.meta.url)),
    `// Written by tools/list-harmless-functions.js, which says why each is here.

/** Names of PostgreSQL's own functions, all of which are harmless. */
export const harmlessNames = \`
${wrap(builtIn.names, "    ")}\`;

/** The harmless ones among PostgreSQL's own functions that share their name with others. */
export const harmlessSignatures: readonly string[] = [
${builtIn.signatures.map((signature) => `    ${JSON.stringify(signature)},`).join("\n")}
];

/** Names of functions in C, all of which are harmless where they belong to this extension. */
export const harmlessOfExtensions: readonly (readonly [extension: string, names: string])[] = [
${ofExtensions.join("\n")}
];
`,
);
