import type { Connection } from "../database/connection.js";
import { StardeckError, StatementError } from "../database/errors.js";
import { formatQuantity } from "../text/format-values.js";
import type { Source } from "../warehouse/registry.js";
import type { CopiedColumns } from "./copied-columns.js";

/**
 * Runs an action that needs a valid key of the source; if PostgreSQL refuses it, explains what is wrong with the key.
 *
 * @throws StardeckError `failed`
 */
export async function withGoodKey<T>(
    connection: Connection,
    source: Source,
    copied: CopiedColumns,
    use: () => Promise<T>,
): Promise<T> {
    await connection.query("savepoint key");
    try {
        const result = await use();
        await connection.query("release savepoint key");
        return result;
    } catch (error) {
        if (!(error instanceof StatementError)) {
            throw error;
        }
        await connection.query("rollback to savepoint key");
        if (error.sqlState === "23505") {
            throw await makeBadKeyError(connection, source, copied);
        }
        if (error.sqlState === "42704") {
            throw new StardeckError(
                `The key of the source ${source.schema}.${source.table} has a column whose type PostgreSQL cannot order (${listKey(source)}).`,
                { code: "failed", hint: "Name other columns that tell its rows apart." },
            );
        }
        throw error;
    }
}

/** Explains why a source's key, which is known to be invalid, does not identify its rows. */
export async function makeBadKeyError(
    connection: Connection,
    source: Source,
    { relation, key }: CopiedColumns,
): Promise<StardeckError> {
    const names = key.map(({ name }) => name);
    const isMissing = names.map((name) => `${name} is null`).join(" or ");
    const { rows: missing } = await connection.query<{ count: number }>(
        `select count(*)::float8 as count from ${relation} where ${isMissing}`,
    );
    const nullCount = missing[0]?.count ?? 0;
    if (nullCount > 0) {
        return new StardeckError(
            `The source ${source.schema}.${source.table} has ${formatQuantity(nullCount, "row")} without a key: ${listKey(source)} is null.`,
            { code: "failed", hint: keyHint },
        );
    }
    const { rows } = await connection.query<{ key: string; count: number }>(
        `select concat_ws(', ', ${names.map((name) => `${name}::text`).join(", ")}) as key, count(*)::float8 as count
        from ${relation} group by ${names.join(", ")} having count(*) > 1 order by 1 limit 1`,
    );
    const [example] = rows;
    return new StardeckError(
        `The source ${source.schema}.${source.table} has ${example?.count ?? "several"} rows with the key (${listKey(source)}) = (${example?.key ?? "?"}).`,
        { code: "failed", hint: keyHint },
    );
}

const keyHint =
    "Its changes are found by its key: name the columns that tell its rows apart, or correct the rows. What does not read it is built.";

function listKey({ keyColumns }: Source): string {
    return keyColumns.join(", ");
}
