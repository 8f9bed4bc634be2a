import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import type { SourceDefinition } from "./definitions.js";
import { describeLandingProblem, findLandingProblemOrNull } from "./landing-table.js";
import { checkName } from "./names.js";
import { queryOf } from "./run-sql.js";
import { sourceSchemaOf } from "./source-schema.js";

/**
 * Enters landing tables in `ops`; the tables themselves are neither made nor touched.
 *
 * @throws StardeckError `failed` that names every required one that is missing, unreadable or has other columns.
 */
export async function declareSources(knex: Knex, sources: readonly SourceDefinition[]): Promise<void> {
    const problems: string[] = [];
    const hints = new Set<string>();
    for (const source of sources.filter(({ isRequired }) => isRequired === true)) {
        const schema = sourceSchemaOf(knex);
        const problem = await findLandingProblemOrNull(queryOf(knex), { ...source, schema });
        if (problem !== null) {
            problems.push(`The landing table ${schema}.${source.name} ${describeLandingProblem(problem)}.`);
            hints.add(
                problem.kind === "unreadable"
                    ? `Ask its owner: grant usage on schema ${schema}, select on ${schema}.${source.name}; then migrate again.`
                    : "Correct the landing table, or the extract that makes it, and migrate again.",
            );
        }
    }
    if (problems.length > 0) {
        throw new StardeckError(problems.join("\n"), { code: "failed", hint: [...hints].join("\n") });
    }
    for (const source of sources) {
        await enterSource(knex, source);
    }
}

/** Enters one landing table as `declareSources` does. */
export async function declareSource(knex: Knex, source: SourceDefinition): Promise<void> {
    await declareSources(knex, [source]);
}

async function enterSource(knex: Knex, source: SourceDefinition): Promise<void> {
    checkName("Source", source.name);
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

export async function dropSource(knex: Knex, name: string): Promise<void> {
    await knex("ops.source").where({ source_name: name }).delete();
}
