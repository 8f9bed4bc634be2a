import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { madeBy } from "../operations-schema.js";
import type { Queryable } from "../queryable.js";
import type { Definitions } from "./definitions.js";

/** Creates the layers' missing database schemas. */
export async function makeSchemas(database: Queryable, { layers }: Pick<Definitions, "layers">): Promise<void> {
    const { rows } = await database.query<{ name: string }>("select nspname::text as name from pg_namespace");
    const known = new Set(rows.map(({ name }) => name));
    for (const { name, schema } of layers.filter((layer) => !known.has(layer.schema))) {
        if (!known.has(schema)) {
            known.add(schema);
            await database.query(
                `create schema ${quoteIdentifier(schema)}; comment on schema ${quoteIdentifier(schema)} is ${quoteLiteral(`${madeBy}the layer ${name}`)}`,
            );
        }
    }
}

/** Drops empty schemas that stardeck made. */
export async function dropEmptySchemas(database: Queryable, kept: readonly string[]): Promise<void> {
    const { rows } = await database.query<{ name: string }>(
        `select nspname::text as name
        from pg_namespace
        where (
                starts_with(obj_description(oid, 'pg_namespace'), ${quoteLiteral(`${madeBy}the layer `)})
                or obj_description(oid, 'pg_namespace') = ${quoteLiteral(`${madeBy}CSV files`)}
            )
            and nspname not in (${["", ...kept].map(quoteLiteral).join(", ")})
            and not exists (select from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = pg_namespace.oid)
        order by 1`,
    );
    for (const { name } of rows) {
        await database.query(`drop schema ${quoteIdentifier(name)}`);
    }
}

/** Moves the views of SELECTs to the first layer's schema, in case that has changed. */
export async function moveSelectViews(database: Queryable, selectSchema: string): Promise<void> {
    const { rows } = await database.query<{ schema: string; name: string }>(
        `select select_schema as schema, select_view as name from ops.model where select_schema <> ${quoteLiteral(selectSchema)}`,
    );
    for (const { schema, name } of rows) {
        await database.query(
            `alter view ${quoteQualified(schema, name)} set schema ${quoteIdentifier(selectSchema)};
            update ops.model set select_schema = ${quoteLiteral(selectSchema)} where select_view = ${quoteLiteral(name)}`,
        );
    }
}
