import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import type { Relation } from "./data-tests.js";

/** The name that a migration needs is taken by a relation that stardeck did not make. */
class TakenNameError extends StardeckError {
    constructor({ schema, name }: Relation) {
        super(`${schema}.${name} is there already, and stardeck did not make it.`, {
            code: "failed",
            hint: "Rename it, or move it to another schema, and migrate again.",
        });
    }
}

/** @throws TakenNameError if a relation of this name already exists before the migration makes it */
export async function refuseTakenName(knex: Knex, { schema, name }: Relation): Promise<void> {
    const { rows } = await knex.raw<{ rows: unknown[] }>(
        `select
        from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = ? and relname = ?`,
        [schema, name],
    );
    if (rows.length > 0) {
        throw new TakenNameError({ schema, name });
    }
}
