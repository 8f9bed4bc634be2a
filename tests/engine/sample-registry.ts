import type { ModelEdge } from "../../src/warehouse/lineage.js";
import type { Model, Registry } from "../../src/warehouse/registry.js";

interface SampleModel {
    readonly layer: string;
    /** Names of models and sources; a name that is no model is a source. */
    readonly reads: readonly string[];
    readonly isView?: boolean;
    readonly tags?: readonly string[];
}

/** A registry that no database holds. */
export function makeSampleRegistry(models: Readonly<Record<string, SampleModel>>): Registry {
    const edges: ModelEdge[] = Object.entries(models).flatMap(([modelName, { reads }]) =>
        reads.map((upstreamName) => ({
            modelName,
            upstreamName,
            upstreamKind: upstreamName in models ? ("model" as const) : ("source" as const),
        })),
    );
    const sources = [
        ...new Set(edges.filter((edge) => edge.upstreamKind === "source").map((edge) => edge.upstreamName)),
    ];
    return {
        layers: ["prep", "warehouse", "marts"].map((name) => ({ name, schema: name })),
        models: Object.entries(models).map(([name, model]): Model => {
            const { layer, isView = false, tags = [] } = model;
            const unsaid = { columns: [], fingerprint: {}, path: null, rebuild: null, presentation: null };
            const base = { name, layer, schema: layer, tags, description: name, grain: "one row", ...unsaid };
            return isView
                ? { ...base, materialisation: "view" }
                : {
                      ...base,
                      materialisation: "table",
                      selectView: `${name}__select`,
                      selectSchema: "prep",
                      primaryKey: ["id"],
                      entityKey: ["id"],
                      entityReason: null,
                      mappings: {},
                      mappingsOf: null,
                      affectedBy: {},
                  };
        }),
        sources: sources.map((name) => ({
            name,
            schema: "staging",
            description: name,
            table: name,
            kind: "versions" as const,
            deletes: "refuse" as const,
            keepsHistory: false,
            keyColumns: ["id"],
            versionColumn: "modified_at",
            loadCursorColumn: null,
            columns: [],
            warnAfterHours: null,
            errorAfterHours: null,
        })),
        tests: [],
        edges,
        damages: [],
    };
}

/**
 *     customer → stg_customer → dim_customer → fct_orders → paid_orders (view) → mart_weekly
 *     orders   → stg_order    ──────────────↗            ↘ mart_monthly
 *     event    → stg_event    → fct_visits  ────────────────────────↗
 */
export const sampleRegistry = makeSampleRegistry({
    stg_customer: { layer: "prep", reads: ["customer"], isView: true },
    stg_order: { layer: "prep", reads: ["orders"], isView: true, tags: ["orders"] },
    stg_event: { layer: "prep", reads: ["event"], isView: true },
    dim_customer: { layer: "warehouse", reads: ["stg_customer"] },
    fct_orders: { layer: "warehouse", reads: ["stg_order", "dim_customer"], tags: ["orders", "daily"] },
    paid_orders: { layer: "warehouse", reads: ["fct_orders"], isView: true, tags: ["orders"] },
    fct_visits: { layer: "warehouse", reads: ["stg_event"], tags: ["daily"] },
    mart_weekly: { layer: "marts", reads: ["paid_orders"], tags: ["weekly"] },
    mart_monthly: { layer: "marts", reads: ["fct_orders", "fct_visits"] },
});
