/*
 * What READ ONLY does not stop is done by functions: they signal other backends, take locks, write files and messages, run SQL given as text.
 * PostgreSQL says of each function whether it may have side effects: those are VOLATILE. Here is what that does not tell.
 */

/** Functions of PostgreSQL itself that are VOLATILE because their answers change, not because they do something. */
export const harmlessVolatileFunctions: readonly string[] = split(`
    clock_timestamp current_query currval gen_random_uuid lastval pg_blocking_pids pg_collation_actual_version
    pg_control_checkpoint pg_control_init pg_control_recovery pg_control_system pg_current_wal_flush_lsn
    pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_collation_actual_version pg_database_size pg_indexes_size
    pg_is_in_recovery pg_jit_available pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
    pg_last_xact_replay_timestamp pg_lock_status pg_notification_queue_usage pg_partition_ancestors pg_partition_tree
    pg_prepared_xact pg_relation_size pg_safe_snapshot_blocking_pids pg_sequence_last_value pg_sleep pg_sleep_for
    pg_sleep_until pg_stat_force_next_flush pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit
    pg_stat_get_xact_numscans pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched
    pg_stat_get_xact_tuples_hot_updated pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_returned
    pg_stat_get_xact_tuples_updated pg_stat_have_stats pg_table_size pg_tablespace_size pg_total_relation_size
    pg_xact_commit_timestamp pg_xact_commit_timestamp_origin pg_xact_status random random_normal timeofday txid_status
    uuidv4 uuidv7
    bernoulli system`);

/** The same of extensions that are in wide use. */
export const harmlessExtensionFunctions: readonly string[] = split(`
    gen_random_bytes gen_salt normal_rand pg_buffercache_pages pg_buffercache_summary pg_freespace pg_relpages
    pg_stat_statements pg_stat_statements_info pg_visibility pg_visibility_map pgp_pub_encrypt pgp_pub_encrypt_bytea
    pgp_sym_encrypt pgp_sym_encrypt_bytea pgstatindex pgstattuple pgstattuple_approx show_limit
    uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4`);

/**
 * Functions that are not VOLATILE and do something all the same: they take a transaction number, or they run SQL that
 * they are given as text or a relation that they are given by name, with all that it calls.
 */
export const harmfulStableFunctions: readonly string[] = split(`
    pg_current_xact_id txid_current
    database_to_xml database_to_xml_and_xmlschema database_to_xmlschema
    schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema
    table_to_xml table_to_xml_and_xmlschema table_to_xmlschema
    connectby crosstab crosstab2 crosstab3 crosstab4 crosstabn xpath_table`);

/** Statements of a function's body that READ ONLY lets through: they lock, signal, write files, or run SQL that is made up as they go. */
export const harmfulWords: readonly string[] = split(`
    call checkpoint copy deallocate discard do execute listen load lock notify prepare reset set unlisten`);

function split(names: string): readonly string[] {
    return names.trim().split(/\s+/);
}
