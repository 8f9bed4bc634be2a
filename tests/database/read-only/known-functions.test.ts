import { describe, expect, it } from "vitest";
import { isHarmlessOfExtension } from "../../../src/database/read-only/known-functions.js";

describe("the functions of Citus", () => {
    const isHarmless = (name: string, signature = `${name}(text)`, extension: string | null = "citus"): boolean =>
        isHarmlessOfExtension({ extension, name, signature });

    it.each([
        "master_run_on_worker",
        "citus_internal_adjust_local_clock_to_remote",
        "create_distributed_table",
        "citus_move_shard_placement",
        "citus_check_connection_to_node",
        "read_intermediate_result",
    ])("refuses %s, which does more than read, whatever it is marked with", (name) => {
        expect(isHarmless(name)).toBe(false);
    });

    it.each([
        "citus_version",
        "citus_total_relation_size",
        "citus_shard_sizes",
        "get_shard_id_for_distribution_column",
    ])("lets %s pass, of which its views are made", (name) => {
        expect(isHarmless(name)).toBe(true);
        expect(isHarmless(name, `${name}(text)`, null)).toBe(false);
    });

    it("refuses the parts of aggregates that run another aggregate, given by number", () => {
        expect(isHarmless("worker_partial_agg_sfunc", "worker_partial_agg_sfunc(internal, oid, anyelement)")).toBe(
            false,
        );
        expect(isHarmless("coord_combine_agg_ffunc", "coord_combine_agg_ffunc(internal, oid, cstring)")).toBe(false);
        expect(isHarmless("cluster_clock_recv", "cluster_clock_recv(internal)")).toBe(true);
    });
});
