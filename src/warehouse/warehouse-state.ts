import { StardeckError } from "../config/errors.js";
import { loadMigrationNames } from "./migration-source.js";
import { madeSchemasSql } from "./operations-schema.js";
import type { Queryable } from "./queryable.js";

/** How far a database and this installation agree. */
export interface WarehouseState {
    /** Migrations that the database has, in the order in which they ran. */
    readonly completed: readonly string[];
    /** Migrations of this installation that the database has not. */
    readonly pending: readonly string[];
    /** Migrations of the database that this installation does not know. */
    readonly unknown: readonly string[];
    /** False before the first migration. */
    readonly hasRegistry: boolean;
}

/**
 * Looks at what `ops` says and whether the rest fits to it.
 *
 * @throws StardeckError `failed` for a database that only a part was restored of, and for one that a newer stardeck has migrated.
 */
export async function loadUsableState(database: Queryable): Promise<WarehouseState> {
    const { rows } = await database.query<{ hasRegistry: boolean; mayReadRecord: boolean; made: readonly string[] }>(
        `select
            to_regclass('ops.model') is not null as "hasRegistry",
            coalesce(has_table_privilege(to_regclass('ops.migration'), 'select'), false) as "mayReadRecord",
            array(select "schema"::text from (${madeSchemasSql}) as made) as made`,
    );
    const { hasRegistry = false, mayReadRecord = false, made = [] } = rows[0] ?? {};
    const names = await loadMigrationNames();
    const completed = mayReadRecord
        ? (await database.query<{ name: string }>("select name from ops.migration order by id")).rows.map(
              ({ name }) => name,
          )
        : [];
    const state = {
        completed,
        pending: names.filter((name) => !completed.includes(name)),
        unknown: completed.filter((name) => !names.includes(name)),
        hasRegistry,
    };
    if (!hasRegistry && (made.length > 0 || completed.length > 0)) {
        const there = made.length > 0 ? `${made.join(", ")} ${made.length === 1 ? "is" : "are"} there, but ` : "";
        throw new StardeckError(
            `Only a part of this warehouse was restored: ${there}the tables in ops that say what it holds are missing.`,
            {
                code: "failed",
                hint: "Restore the schema ops as well; or drop what is left of ops, prep, warehouse and marts, then run `stardeck migrate` and `stardeck build`.",
            },
        );
    }
    if (state.unknown.length > 0) {
        throw new StardeckError(
            `A newer stardeck has migrated this database: this one does not know ${state.unknown.join(", ")}.`,
            { code: "failed", hint: "Use that version of stardeck, or one that is newer still." },
        );
    }
    return state;
}

/** @throws StardeckError `failed` where migrations are pending on a database that has some: what is built writes tables that they make. */
export async function refusePendingMigrations(database: Queryable): Promise<void> {
    const { completed, pending } = await loadUsableState(database);
    if (completed.length > 0 && pending.length > 0) {
        throw new StardeckError(
            `This stardeck is newer than the database: ${pending.join(", ")} ${pending.length === 1 ? "is" : "are"} pending.`,
            { code: "failed", hint: "Run `stardeck migrate` first." },
        );
    }
}
