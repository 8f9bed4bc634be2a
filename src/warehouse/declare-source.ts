import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import type { SourceDefinition } from "./definitions.js";
import { findLandingProblemOrNull, type LandingProblem } from "./landing-table.js";
import { checkName } from "./names.js";
import { queryOf } from "./run-sql.js";
import { sourceSchemaOf } from "./source-schema.js";

/**
 * Enters a landing table in `ops`; the table itself is neither made nor touched.
 *
 * @throws StardeckError `failed` when a required one is missing, unreadable or has other columns.
 */
export async function declareSource(knex: Knex, source: SourceDefinition): Promise<void> {
    checkName("Source", source.name);
    if (source.isRequired === true) {
        await refuseProblem(knex, source);
    }
    await knex("ops.source").insert({
        source_name: source.name,
        source_schema: sourceSchemaOf(knex),
        description: source.description,
        key_column: source.key,
        version_column: source.versionColumn,
        load_cursor_column: source.loadCursor ?? null,
        columns: JSON.stringify(source.columns),
        warn_after_hours: source.freshness?.warnAfterHours ?? null,
        error_after_hours: source.freshness?.errorAfterHours ?? null,
    });
}

async function refuseProblem(knex: Knex, { name, columns }: SourceDefinition): Promise<void> {
    const schema = sourceSchemaOf(knex);
    const problem = await findLandingProblemOrNull(queryOf(knex), { schema, name, columns });
    if (problem !== null) {
        const hint =
            problem.kind === "unreadable"
                ? `Ask its owner: grant usage on schema ${schema}, select on ${schema}.${name}; then migrate again: nothing was changed.`
                : "Correct the landing table, or the extract that makes it, and migrate again: nothing was changed.";
        throw new StardeckError(`The landing table ${schema}.${name} ${describeProblem(problem)}.`, {
            code: "failed",
            hint,
        });
    }
}

function describeProblem(problem: LandingProblem): string {
    switch (problem.kind) {
        case "missing":
            return problem.foundIn.length === 0
                ? "is missing"
                : `is missing, but found in ${problem.foundIn.join(", ")}`;
        case "unreadable":
            return "may not be read";
        case "differs":
            return `is not as declared: ${problem.differences.join("; ")}`;
    }
}

export async function dropSource(knex: Knex, name: string): Promise<void> {
    await knex("ops.source").where({ source_name: name }).delete();
}
