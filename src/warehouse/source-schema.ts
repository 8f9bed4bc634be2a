import type { Knex } from "knex";
import { quoteIdentifier } from "../sql/identifiers.js";

/** What stardeck hands to migrations beside the connection. */
export interface MigrationParameters {
    /** The database schema of the landing tables. */
    readonly sourceSchema: string;
    /** Told the backend on which the migrations run, before they wait for anything. */
    readonly onBackend?: (pid: number) => void;
}

/** The database schema of the landing tables that this migration run reads from. */
export function sourceSchemaOf(knex: Knex): string {
    // Not `knex.userParams`: Knex forgets those in nested transactions.
    const client = knex.client as { readonly config: { readonly userParams: MigrationParameters } };
    return client.config.userParams.sourceSchema;
}

/** Puts the quoted source schema where SQL says `{source_schema}`. */
export function bindSourceSchema(knex: Knex, sql: string): string {
    return sql.replaceAll("{source_schema}", quoteIdentifier(sourceSchemaOf(knex)));
}
