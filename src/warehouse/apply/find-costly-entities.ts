import type { ModelFile } from "../../project/project.js";
import { findStops } from "../find-stop.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import type { ProblemPlaces } from "./problems.js";

interface DeclaredEntity {
    readonly name: string;
    readonly selectSchema: string;
    readonly selectView: string;
    readonly entityKey: readonly string[];
    readonly columns: readonly PlannedColumn[];
    /** Why a change of any table that the model reads rebuilds it whole; null if at least one mapping finds entities. */
    readonly wholeReason: string | null;
}

/**
 * Warns, with file and line, of declared entity keys that save little or nothing. They make builds slow, not wrong. Call it in an
 * open transaction, after the mappings were derived.
 */
export async function findCostlyEntities(
    database: Queryable,
    models: readonly ModelFile[],
    places: ProblemPlaces,
): Promise<readonly string[]> {
    const declared = models.filter(({ entityKey, rebuild }) => entityKey !== null && rebuild === null);
    if (declared.length === 0) {
        return [];
    }
    const { rows } = await database.query<DeclaredEntity>(
        `select
            model_name as name, select_schema as "selectSchema", select_view as "selectView", entity_key as "entityKey", columns,
            (
                select case when bool_and(whole_reason is not null) then min(whole_reason) end
                from ops.model_upstream
                where model_upstream.model_name = model.model_name
            ) as "wholeReason"
        from ops.model
        where model_name in (select jsonb_array_elements_text($1::jsonb)) and select_view is not null
        order by model_name`,
        [JSON.stringify(declared.map(({ name }) => name))],
    );
    // All in one call, because each plan takes some milliseconds.
    const stops = await findStops(database, rows);
    return rows.flatMap((row, place) => {
        const model = declared.find(({ name }) => name === row.name);
        const sentence = describeCostOrNull(row, stops[place] ?? null);
        if (model === undefined || sentence === null) {
            return [];
        }
        const { path, line } = places.comment(model, "Entity", sentence);
        return [`${path}${line === null ? "" : `:${line}`}: ${sentence}`];
    });
}

function describeCostOrNull({ name, entityKey, wholeReason }: DeclaredEntity, stop: string | null): string | null {
    const key = entityKey.join(", ");
    if (wholeReason !== null) {
        return `The entity key ${key} saves nothing: whenever a table changes that ${name} reads, all its rows are computed, because ${wholeReason}.`;
    }
    return stop === null
        ? null
        : `The entity key ${key} does not reach the tables that ${name} reads: PostgreSQL computes all its rows before it takes those of some entities, in the plan's node ${stop}. \`stardeck explain ${name}\` says more.`;
}
