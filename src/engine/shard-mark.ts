import type { Connection } from "../database/connection.js";
import { makeLostClusterServerError, StardeckError } from "../database/errors.js";
import type { ShardMark } from "../runs/source-state.js";
import type { Shard } from "../warehouse/citus.js";

/**
 * The state of a shard of a landing table, read on the server that holds it: transaction numbers of its rows mean nothing elsewhere.
 * All transactions with a lower number than the oldest one that is running have ended, so the number of rows that they wrote can only
 * shrink. Rows of that transaction and of later ones count as new the next time, even if they were there before: reading them twice
 * is cheaper than a list of the transactions that were running.
 */
export interface ShardCount {
    readonly mark: ShardMark;
    readonly rowCount: number;
    /** Rows that were there at a known mark, and are still; 0 without one. */
    readonly settledThen: number;
    /** Rows above the known value of the cursor. */
    readonly freshCount: number;
}

interface CountedShard {
    readonly boundary: string;
    readonly next: string;
    readonly rowCount: number;
    readonly settledCount: number;
    readonly settledThen: number;
    readonly freshCount: number;
}

/** Counts the rows of each shard, those of before a known mark apart, by id of the shard. */
export async function countShards(
    connection: Connection,
    shards: readonly Shard[],
    known: Readonly<Record<string, ShardMark>>,
    isFresh: string,
): Promise<ReadonlyMap<string, ShardCount>> {
    const answers = await askShards(connection, shards, ({ id, relation }) => {
        const mark = known[id];
        const isOld = (boundary: string): string => `pg_catalog.age(shard.xmin) > pg_catalog.age(${boundary})`;
        const settledThen =
            mark === undefined ? "0" : `pg_catalog.count(*) filter (where ${isOld(`'${toXid(mark.boundary)}'::xid`)})`;
        return `select pg_catalog.json_build_object(
                'boundary', pg_catalog.min(moment.stardeck_boundary::text),
                'next', pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text,
                'rowCount', pg_catalog.count(shard.tableoid),
                'settledCount', pg_catalog.count(shard.tableoid) filter (where ${isOld("moment.stardeck_oldest")}),
                'settledThen', ${settledThen},
                'freshCount', pg_catalog.count(*) filter (where ${isFresh})
            )
            from (
                select pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) as stardeck_boundary,
                    pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::xid as stardeck_oldest
                offset 0
            ) as moment
            left join ${relation} as shard on true`;
    });
    return new Map(
        shards.map((shard, place) => {
            const counted = JSON.parse(answers[place] ?? "") as CountedShard;
            const { boundary, next, rowCount, settledCount, settledThen, freshCount } = counted;
            const mark: ShardMark = {
                placement: shard.placement,
                boundary,
                next,
                settledCount,
                otherCount: rowCount - settledCount,
            };
            return [shard.id, { mark, rowCount, settledThen, freshCount }];
        }),
    );
}

/** The keys of the rows that were added since the marks, as text; null if there are more than `most`, or if one is null. */
export async function loadArrivedKeysOrNull(
    connection: Connection,
    shards: readonly Shard[],
    known: Readonly<Record<string, ShardMark>>,
    key: string,
    most: number,
): Promise<readonly string[] | null> {
    const answers = await askShards(connection, shards, ({ id, relation }) => {
        const isNew = `pg_catalog.age(xmin) <= pg_catalog.age('${toXid(known[id]?.boundary ?? "3")}'::xid)`;
        return `select coalesce(pg_catalog.json_agg(key), '[]')
            from (select distinct ${key}::text as key from ${relation} where ${isNew} limit ${most + 1}) as arrived`;
    });
    const keys = answers.flatMap((answer) => JSON.parse(answer) as (string | null)[]);
    const found = keys.filter((value) => value !== null);
    return found.length === keys.length && keys.length <= most ? [...new Set(found)] : null;
}

/** Whether the shards only gained rows: they are the same shards, on the same servers, and lost no row. */
export function areShardsAsKnown(
    known: Readonly<Record<string, ShardMark>>,
    counts: ReadonlyMap<string, ShardCount>,
): boolean {
    return (
        Object.keys(known).length === counts.size &&
        [...counts].every(([id, count]) => {
            const before = known[id];
            return before !== undefined && isAsKnown(before, count);
        })
    );
}

function isAsKnown(before: ShardMark, { mark, settledThen }: ShardCount): boolean {
    return (
        before.placement === mark.placement &&
        before.settledCount === settledThen &&
        // A restored server assigns its transaction numbers a second time. Numbers about 2^31 apart cannot be compared.
        BigInt(mark.next) >= BigInt(before.next) &&
        BigInt(mark.next) - BigInt(before.boundary) < 2_000_000_000n
    );
}

/** Runs a statement that returns one value on each shard, on its server, all of them at the same time. */
async function askShards(
    connection: Connection,
    shards: readonly Shard[],
    sqlOf: (shard: Shard) => string,
): Promise<readonly string[]> {
    const { rows } = await connection.query<{ success: boolean; result: string; server: string }>(
        `select success, result, pg_catalog.format('%s:%s', node_name, node_port) as server
        from pg_catalog.master_run_on_worker($1::text[], $2::int[], $3::text[], true)
            with ordinality as answer (node_name, node_port, success, result, position)
        order by position`,
        [shards.map(({ host }) => host), shards.map(({ port }) => port), shards.map(sqlOf)],
    );
    return rows.map(({ success, result, server }) => {
        if (!success) {
            if (/^failed to connect|connection/i.test(result)) {
                throw makeLostClusterServerError(server);
            }
            throw new StardeckError(`The server ${server} of the cluster could not read its shards: ${result}.`, {
                code: "failed",
                hint: "Look at it by `stardeck debug`. What was published before is kept.",
            });
        }
        return result;
    });
}

/** The number of a transaction as rows store it, in 32 bits; 0 to 2 have special meanings. */
function toXid(id: string): string {
    const low = BigInt(id) & 0xffff_ffffn;
    return (low < 3n ? 3n : low).toString();
}
