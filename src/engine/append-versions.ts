import type { Connection } from "../database/connection.js";
import { changeSign } from "../derivation/change-sign.js";
import { copyRelation } from "../warehouse/copy-relation.js";
import { historyColumns, historyRelation, makeHistories } from "../warehouse/make-histories.js";
import type { Source } from "../warehouse/registry.js";
import { changedOfSource } from "./compare-with-copy.js";
import type { CopiedColumns } from "./copied-columns.js";

/**
 * Adds a version to the history for each row of a source that has changed since its copy was made: the current row, or for a deleted
 * row its last state. Commits with the copy.
 */
export async function appendVersions(
    connection: Connection,
    source: Source,
    { names, key }: CopiedColumns,
    isCopyNew: boolean,
): Promise<void> {
    await makeHistories(connection, [source]);
    const history = historyRelation(source);
    const columns = [...names, ...historyColumns].join(", ");
    const meets = (one: string, other: string): string =>
        key.map(({ name, equality }) => `${one}.${name} ${equality} ${other}.${name}`).join(" and ");
    if (!isCopyNew) {
        await connection.query(
            `insert into ${history} (${columns})
            with changed as (${changedOfSource})
            select ${qualify("changed", names)}, now(), false from changed where ${changeSign} = 1
            union all
            select ${qualify("changed", names)}, now(), true
            from changed
            where ${changeSign} = -1
                and not exists (select from changed as other where other.${changeSign} = 1 and ${meets("other", "changed")})`,
        );
        return;
    }
    const first = key[0]?.name ?? "";
    const [, isDeleted = ""] = historyColumns;
    await connection.query(
        `insert into ${history} (${columns})
        with latest as (
            select * from (
                select distinct on (${key.map(({ name }) => name).join(", ")}) ${names.join(", ")}, ${isDeleted}
                from ${history}
                order by ${key.map(({ name }) => name).join(", ")}, history_version desc
            ) as versions
            where not ${isDeleted}
        )
        select ${names.map((name) => `case when present.${first} is null then latest.${name} else present.${name} end`).join(", ")},
            now(), present.${first} is null
        from latest
        full join ${copyRelation(source.name)} as present on ${meets("latest", "present")}
        where latest.${first} is null
            or present.${first} is null
            or pg_catalog.record_image_ne(row(${qualify("latest", names)}), row(${qualify("present", names)}))`,
    );
}

function qualify(alias: string, names: readonly string[]): string {
    return names.map((name) => `${alias}.${name}`).join(", ");
}
