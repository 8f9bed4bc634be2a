/** Which entities of a table model a change of one of the tables that it reads affects. */
export type Mapping =
    | {
          readonly kind: "entities";
          /** A SELECT over `changed` with one column for each column of the entity key. */
          readonly select: string;
          /** The upstream's column that holds the entities, when the mapping is just that column. */
          readonly column: string | null;
      }
    | {
          readonly kind: "whole";
          /** A clause of a sentence. */
          readonly reason: string;
      };

/** SQL for the derived mappings of a row of `ops.model`, as JSON by upstream. */
export const mappingsSql = `(
    select coalesce(
        jsonb_object_agg(
            upstream_name,
            case
                when affected_by is null then jsonb_build_object('kind', 'whole', 'reason', whole_reason)
                else jsonb_build_object('kind', 'entities', 'select', affected_by, 'column', upstream_column)
            end
        ),
        '{}'
    )
    from ops.model_upstream
    where model_upstream.model_name = model.model_name
)`;

/** The part of a table model that decides how changes are mapped. */
interface MappedTable {
    readonly entityKey: readonly string[];
    readonly affectedBy: Readonly<Record<string, string>>;
    readonly mappings: Readonly<Record<string, Mapping>>;
}

/** The mapping that builds use: the one in the model's files, otherwise the one derived from its SELECT. */
export function mappingOf(model: MappedTable, upstreamName: string): Mapping {
    const declared = model.affectedBy[upstreamName];
    if (model.entityKey.length === 0) {
        return model.mappings[upstreamName] ?? { kind: "whole", reason: "it has no entities" };
    }
    return declared === undefined
        ? (model.mappings[upstreamName] ?? { kind: "whole", reason: "nothing was derived from its SELECT yet" })
        : { kind: "entities", select: declared, column: null };
}
