import { StardeckError } from "../config/errors.js";
import { madeBy, operationsTables } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";
import { loadOperationsState } from "./tool-migrations.js";

/** @throws StardeckError `failed` if only a part of the warehouse was restored */
export async function refusePartialRestore(database: Queryable): Promise<void> {
    const { rows } = await database.query<{ isMissing: boolean; lost: readonly string[]; made: readonly string[] }>(
        `select
            to_regclass('ops.model') is null and to_regclass('ops.tool_migration') is null as "isMissing",
            array(
                select 'ops.' || name
                from unnest($1::text[]) as name
                where to_regclass('ops.' || name) is null and to_regclass('ops.tool_migration') is not null
            ) as lost,
            array(
                select nspname::text
                from pg_namespace
                where starts_with(obj_description(oid, 'pg_namespace'), '${madeBy}the layer ')
                order by nspname
            ) as made`,
        [operationsTables],
    );
    const { isMissing = true, lost = [], made = [] } = rows[0] ?? {};
    const are = (names: readonly string[]): string => `${names.join(", ")} ${names.length === 1 ? "is" : "are"}`;
    if (lost.length > 0 || (isMissing && made.length > 0)) {
        throw new StardeckError(
            lost.length > 0
                ? `Only a part of this warehouse was restored: ${are(lost)} missing.`
                : `Only a part of this warehouse was restored: ${are(made)} there, but the tables in ops that say what it holds are missing.`,
            {
                code: "failed",
                hint: `Restore the schema ops as well; or drop what is left of ${["ops", ...made].join(", ")}, then run \`stardeck migrate\` and \`stardeck build\`.`,
            },
        );
    }
}

/**
 * Checks that there is a registry that this program can read.
 *
 * @throws StardeckError `failed` when the database was never migrated, by a newer stardeck, or restored in part.
 */
export async function requireRegistry(database: Queryable): Promise<void> {
    await refusePartialRestore(database);
    if ((await loadOperationsState(database)) === "missing") {
        throw new StardeckError("This database holds no stardeck warehouse yet.", {
            code: "failed",
            hint: "Run `stardeck migrate` first.",
        });
    }
}

/** @throws StardeckError `failed` if the tables in `ops` are older than this program needs */
export async function refuseOlderOperations(database: Queryable): Promise<void> {
    if ((await loadOperationsState(database)) === "older") {
        throw new StardeckError("This stardeck is newer than what it keeps in the schema ops of this database.", {
            code: "failed",
            hint: "Run `stardeck migrate` first.",
        });
    }
}
