import type { Knex } from "knex";
import { refuseTakenName } from "./taken-name.js";

/** The tables that stardeck keeps in `ops` beside Knex's records. */
export const operationsTables = [
    "source",
    "model",
    "model_upstream",
    "definition_version",
    "project",
    "data_test",
    "model_view",
    "run",
    "model_run",
    "test_run",
    "row_change",
    "model_state",
    "test_state",
    "source_cursor",
    "source_copy",
    "affected_entity",
    "build_lock",
] as const;

/**
 * Creates the tables in `ops` for the registry of sources, models and data tests, for runs with their results, and for the engine's
 * state between builds. The database is the manifest: reading `ops` is enough to open the warehouse.
 */
export async function createOperationsTables(knex: Knex): Promise<void> {
    for (const table of operationsTables) {
        await refuseTakenName(knex, { schema: "ops", name: table });
    }
    await createRegistry(knex);
    await createRuns(knex);
    await createBuildState(knex);
}

/** Creates the schema `ops`, where Knex records migrations, unless it exists. */
export async function ensureOperationsSchema(knex: Knex): Promise<void> {
    const { rows } = await knex.raw<{ rows: unknown[] }>("select from pg_namespace where nspname = 'ops'");
    if (rows.length === 0) {
        await knex.raw(`create schema ops; comment on schema ops is '${madeBy}registry, runs and build state'`);
    }
}

/** Start of the comment on every schema that stardeck made: it never drops other schemas. A dump keeps comments. */
export const madeBy = "stardeck: ";

async function createRegistry(knex: Knex): Promise<void> {
    const ops = (): Knex.SchemaBuilder => knex.schema.withSchema("ops");
    await ops().createTable("source", (table) => {
        table.comment("Relations of others that models may read.");
        table.text("source_name").primary({ constraintName: "source_source_name_pk" });
        table.text("source_schema").notNullable().comment("Database schema in which it stands.");
        table.text("source_table").notNullable().comment("Its name there.");
        table.text("description").notNullable();
        table.text("kind").notNullable().comment("versions, table, view or seed.");
        table.specificType("key_columns", "text[]").notNullable();
        table.text("version_column").comment("Tells versions apart; always there for versions.");
        table.text("load_cursor_column").comment("A column that only grows from load to load, where there is one.");
        table
            .jsonb("deletes")
            .notNullable()
            .comment("What is done where rows are gone: follow, refuse or {upToShare}.");
        table
            .boolean("keeps_history")
            .notNullable()
            .comment("Builds keep its versions, which are the source <source_name>_history.");
        table.jsonb("columns").notNullable().comment("Expected columns: [{name, type}].");
        table.specificType("warn_after_hours", "numeric");
        table.specificType("error_after_hours", "numeric");
    });
    await ops().createTable("model", (table) => {
        table.comment("Models: SELECTs that are materialised as views or tables.");
        table.text("model_name").primary({ constraintName: "model_model_name_pk" });
        table.text("layer").notNullable();
        table.text("schema_name").notNullable().comment("Database schema in which the model stands.");
        table.text("materialisation").notNullable().comment("view or table.");
        table.text("description").notNullable();
        table.text("grain").notNullable();
        table.text("select_schema").comment("Database schema of select_view; null for views.");
        table.text("select_view").comment("View that holds the SELECT of a table model; null for views.");
        table.specificType("primary_key", "text[]").notNullable().comment("Empty for views.");
        table
            .specificType("entity_key", "text[]")
            .notNullable()
            .comment(
                "Columns whose values can be rebuilt one by one; empty for views and where the model is rebuilt whole.",
            );
        table.text("entity_reason").comment("Why these columns were chosen; null where the model's file names them.");
        table
            .jsonb("affected_by")
            .notNullable()
            .comment("As its files say it: upstream name to SELECT of affected entities over `changed`.");
        table.text("mappings_of").comment("Hash of what ops.model_upstream was derived from; null before that.");
        table.specificType("tags", "text[]").notNullable();
        table
            .jsonb("columns")
            .notNullable()
            .comment("As the model's files want them, in order: [{name, type, notNull, description}].");
        table
            .jsonb("fingerprint")
            .notNullable()
            .comment(
                "Hashes of what decides its rows: {select, columns, key}, and each view and function that it reads, by name.",
            );
        table.text("path").comment("The file of its SELECT, within the project's folder.");
        table.jsonb("presentation").comment("How it is to be shown; null where nothing is said.");
        table.text("rebuild").comment("always: every build rebuilds it whole; null where it is rebuilt when needed.");
    });
    await ops().createTable("model_upstream", (table) => {
        table.comment(
            "Which entities of a table model a change of what it reads affects, as it follows from its SELECT.",
        );
        table.text("model_name").notNullable();
        addModelReference(table, "model_upstream");
        table.text("upstream_name").notNullable().comment("A source or table model, read directly or through views.");
        table.text("affected_by").comment("SELECT of affected entities over `changed`; null where all are.");
        table
            .text("upstream_column")
            .comment("The column of the upstream that holds the entities, where it is that simple.");
        table.text("whole_reason").comment("Why a change affects the whole model: a clause of a sentence.");
        table.primary(["model_name", "upstream_name"], {
            constraintName: "model_upstream_model_name_upstream_name_pk",
        });
    });
    await ops().createTable("definition_version", (table) => {
        table.comment("Every definition of a project that was applied, so that a rollback can restore the one before.");
        table
            .text("definition_name")
            .notNullable()
            .comment("As models/marts/mart_revenue, sources/orders, seeds/country or migrations/<name>.");
        table.integer("version").notNullable();
        table.json("definition").comment("As the project's files had it; null where it was removed.");
        table.text("content").comment("Of a CSV file: its text.");
        table.text("checksum").notNullable().comment("Of the files.");
        table.specificType("applied_at", "timestamptz").notNullable();
        table.primary(["definition_name", "version"], {
            constraintName: "definition_version_definition_name_version_pk",
        });
    });
    await ops().createTable("project", (table) => {
        table.comment("The project whose models this database holds: one row.");
        table.text("project_name").primary({ constraintName: "project_project_name_pk" });
        table.jsonb("layers").notNullable().comment("In order: [{name, schema}].");
        table.text("source_schema").notNullable().comment("Database schema of the landing tables that models read.");
        table
            .text("configured_source_schema")
            .notNullable()
            .comment("What the project's configuration said at that time; a flag may have said another one.");
    });
    await ops().createTable("data_test", (table) => {
        table.comment("Data tests: SELECTs of failing rows.");
        table.text("test_name").primary({ constraintName: "data_test_test_name_pk" });
        table.text("model_name").notNullable();
        addModelReference(table, "data_test");
        table.text("kind").notNullable();
        table.specificType("columns", "text[]").notNullable().comment("Columns under test; empty for singular tests.");
        table.text("severity").notNullable().comment("error or warn.");
        table.bigInteger("max_failures").notNullable().comment("The test passes up to this many failing rows.");
        table
            .text("warn_if")
            .comment("The number of failing rows of which it warns: >10. Null: more than max_failures.");
        table
            .text("error_if")
            .comment("The number with which a test of severity error fails. Null: more than max_failures.");
        table.text("known").comment("Why its warning is expected; null where it is not.");
        table.text("description").notNullable();
        table.text("refers_to").comment("The other model whose rows the test asks for, where that is known.");
        table.text("refers_to_column").comment("The column of that model which has to hold the values.");
        table
            .boolean("is_per_entity")
            .notNullable()
            .comment("Failing rows carry the entity key and depend on that entity alone.");
        table.text("failing_rows_sql").notNullable();
        table
            .bigInteger("outdated_run_id")
            .comment("Answers up to this run hold no more: a CSV file that it reads has changed since. Null for none.");
        table.integer("position").notNullable().comment("Order of declaration within the model.");
        table.index(["model_name"], "data_test_model_name_idx");
    });
    await ops().createTable("model_view", (table) => {
        table.comment(
            "The views that hold the SELECTs of models, as text: to bind them anew when a landing table was swapped.",
        );
        table.text("model_name").primary({ constraintName: "model_view_model_name_pk" });
        addModelReference(table, "model_view");
        table.text("view_schema").notNullable();
        table.text("view_name").notNullable();
        table.text("select_sql").notNullable().comment("As PostgreSQL writes it, all names qualified.");
        table.jsonb("columns").notNullable().comment("In order: [{name, type, comment}].");
        table.text("comment");
    });
}

async function createRuns(knex: Knex): Promise<void> {
    const ops = (): Knex.SchemaBuilder => knex.schema.withSchema("ops");
    await ops().createTable("run", (table) => {
        table.comment("One row per build, run, test or retry.");
        table.specificType("run_id", "bigint generated always as identity").notNullable();
        table.primary(["run_id"], { constraintName: "run_run_id_pk" });
        table.text("command").notNullable();
        table.text("selection").notNullable().comment("Selectors as given; empty for everything.");
        table.boolean("is_full_refresh").notNullable();
        table.text("status").notNullable().comment("running, ok, failed, cancelled or crashed.");
        table.integer("threads").notNullable();
        table.text("started_by").notNullable().comment("user@host pid of the process that runs it.");
        table.specificType("started_at", "timestamptz").notNullable();
        table.specificType("finished_at", "timestamptz");
        table.text("message").comment("Why it ended as it did, when that needs words.");
    });
    await ops().createTable("model_run", (table) => {
        table.comment("What a run did to each of its models.");
        addRunReference(table, "model_run");
        table.text("model_name").notNullable();
        table.text("status").notNullable().comment("queued, running, ok, failed, skipped or cancelled.");
        table.text("scope").comment("all, entities or none.");
        table.text("reason").comment("Why this scope, or why skipped.");
        table.bigInteger("entity_count").comment("Affected entities, when the scope is entities.");
        table.specificType("started_at", "timestamptz");
        table.specificType("finished_at", "timestamptz");
        for (const count of ["rows_inserted", "rows_updated", "rows_deleted", "rows_unchanged"]) {
            table.bigInteger(count);
        }
        table.text("message").comment("Error text of a failure.");
        table.integer("position").notNullable().comment("Place in the build order.");
        table.primary(["run_id", "model_name"], { constraintName: "model_run_run_id_model_name_pk" });
        table.index(["model_name", "run_id"], "model_run_model_name_run_id_idx");
    });
    await ops().createTable("test_run", (table) => {
        table.comment("What each data test of a run found.");
        addRunReference(table, "test_run");
        table.text("test_name").notNullable();
        table.text("model_name").notNullable();
        table.text("severity").notNullable();
        table
            .text("status")
            .notNullable()
            .comment("passed, failed, warned, known (an expected warning) or broken (its SQL failed).");
        table.bigInteger("failing_count");
        table.jsonb("failing_rows").notNullable().comment("A sample of the failing rows.");
        table.specificType("started_at", "timestamptz").notNullable();
        table.specificType("finished_at", "timestamptz").notNullable();
        table.text("message");
        table.primary(["run_id", "test_name"], { constraintName: "test_run_run_id_test_name_pk" });
        table.index(["test_name", "run_id"], "test_run_test_name_run_id_idx");
    });
    await ops().createTable("row_change", (table) => {
        table.comment("A sample of the rows that a run changed, before and after.");
        addRunReference(table, "row_change");
        table.text("model_name").notNullable();
        table.integer("position").notNullable();
        table.text("operation").notNullable().comment("insert, update or delete.");
        table.jsonb("old_row");
        table.jsonb("new_row");
        table.primary(["run_id", "model_name", "position"], {
            constraintName: "row_change_run_id_model_name_position_pk",
        });
    });
}

function addModelReference(table: Knex.CreateTableBuilder, name: string): void {
    table
        .foreign(["model_name"], `${name}_model_name_fk`)
        .references(["model_name"])
        .inTable("ops.model")
        .onDelete("cascade")
        .onUpdate("cascade");
}

function addRunReference(table: Knex.CreateTableBuilder, name: string): void {
    table.bigInteger("run_id").notNullable();
    table.foreign(["run_id"], `${name}_run_id_fk`).references(["run_id"]).inTable("ops.run").onDelete("cascade");
}

async function createBuildState(knex: Knex): Promise<void> {
    const ops = (): Knex.SchemaBuilder => knex.schema.withSchema("ops");
    await ops().createTable("model_state", (table) => {
        table.comment("Table models that were built at least once.");
        table.text("model_name").primary({ constraintName: "model_state_model_name_pk" });
        addModelReference(table, "model_state");
        table.bigInteger("run_id").notNullable().comment("The last run that built it or found nothing to do.");
        table.specificType("built_at", "timestamptz").notNullable();
        table
            .jsonb("fingerprint")
            .comment("The model's fingerprint when it was built whole; null where that is unknown.");
    });
    await ops().createTable("test_state", (table) => {
        table.comment("Failing rows of each test of a table model in the data that is published. Commits with it.");
        table.text("test_name").primary({ constraintName: "test_state_test_name_pk" });
        table
            .foreign(["test_name"], "test_state_test_name_fk")
            .references(["test_name"])
            .inTable("ops.data_test")
            .onDelete("cascade")
            .onUpdate("cascade");
        table.bigInteger("failing_count").notNullable();
        table
            .jsonb("failing_entities")
            .comment("How many of them each entity has; null where the test does not tell, or they are many.");
    });
    await ops().createTable("source_cursor", (table) => {
        table.comment(
            "How far each model has read each source that it depends on. Commits with the data of the model.",
        );
        table.text("model_name").notNullable();
        addModelReference(table, "source_cursor");
        table.text("source_name").notNullable();
        table.bigInteger("row_count").notNullable().comment("Landing rows at that time.");
        table.text("newest").comment("Greatest finite load cursor or version seen; null for an empty source.");
        table
            .text("snapshot")
            .notNullable()
            .comment("pg_current_snapshot() of that time: shows which rows came later.");
        table
            .jsonb("mark")
            .comment(
                "The server's counters of the landing table, and where its counted tail begins; null for a small one.",
            );
        table.primary(["model_name", "source_name"], { constraintName: "source_cursor_model_name_source_name_pk" });
    });
    await ops().createTable("source_copy", (table) => {
        table.comment(
            "How each source that is changed in place stood when its private copy was like it. The copies are tables beside it, named source_copy_ and a hash.",
        );
        table.text("source_name").primary({ constraintName: "source_copy_source_name_pk" });
        table
            .jsonb("definition")
            .notNullable()
            .comment("Of what it is a copy: {schema, table, keyColumns, columns: [{name, type}]}.");
        table.bigInteger("row_count").notNullable().comment("Rows at that time.");
        table.text("newest").comment("Greatest finite version seen; null where there is none.");
        table.text("snapshot").notNullable().comment("pg_current_snapshot() of that time.");
        table.jsonb("mark").comment("How its rows stood, as in source_cursor.");
    });
    await ops().createTable("affected_entity", (table) => {
        table.comment("Entities that upstream changes made stale and that the model has still to rebuild.");
        // It needs a key: with a publication for all tables, rows of a table without one cannot be deleted.
        table.specificType("affected_entity_id", "bigint generated always as identity").notNullable();
        table.primary(["affected_entity_id"], { constraintName: "affected_entity_affected_entity_id_pk" });
        table.text("model_name").notNullable();
        addModelReference(table, "affected_entity");
        table
            .specificType("entity", "text[]")
            .comment("Values of the entity key's columns as text; null stands for all entities.");
        table.text("reason").comment("Why all entities are stale, where that needs words.");
        table.text("upstream_name").notNullable().comment("What made it stale.");
        table.index(["model_name"], "affected_entity_model_name_idx");
    });
    await ops().createTable("build_lock", (table) => {
        table.comment("One row while a build runs: one build at a time.");
        table.integer("lock_id").primary({ constraintName: "build_lock_lock_id_pk" });
        table.bigInteger("run_id").notNullable();
        table.text("host").notNullable();
        table.integer("process_id").notNullable();
        table.specificType("heartbeat_at", "timestamptz").notNullable();
        table.text("holder_id").comment("Drawn at random by the process that holds the lock.");
        table
            .integer("session_pid")
            .comment("The backend that holds the advisory lock beside this row; null where there is none.");
        table.check("lock_id = 1", [], "build_lock_lock_id_check");
    });
}
