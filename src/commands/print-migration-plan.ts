import type { Database } from "../database/database.js";
import { describePlan, loadUsualTimes } from "../runs/describe-plan.js";
import { isBreaking, isEmptyPlan, type Plan } from "../warehouse/apply/plan.js";
import { styled, type Output } from "./output.js";

const styles = { added: "green", changed: "yellow", removed: "red", strong: "bold", dim: "dim" } as const;

/** Prints what a migration would change: for people, or as one JSON object per line. */
export async function printPlan(database: Database, plan: Plan, output: Output): Promise<void> {
    const durations = await loadUsualTimes(database, plan);
    if (output.isJson) {
        for (const name of plan.migrations) {
            output.record({ type: "planned-migration", name });
        }
        if (plan.layers !== null) {
            output.record({ type: "planned-layers", ...plan.layers });
        }
        for (const source of plan.sources) {
            output.record({ type: "planned-source", ...source });
        }
        for (const seed of plan.seeds) {
            output.record({ type: "planned-seed", ...seed });
        }
        for (const model of plan.models) {
            output.record({ type: "planned-model-change", ...model });
        }
        for (const name of plan.rebuilt) {
            output.record({ type: "planned-rebuild", name, usualMs: durations.get(name) ?? null });
        }
        for (const message of plan.warnings) {
            output.record({ type: "planned-warning", message });
        }
        output.record({ type: "plan", isEmpty: isEmptyPlan(plan), isBreaking: isBreaking(plan) });
        return;
    }
    for (const line of describePlan(plan, durations)) {
        output.line(line.map((part) => (typeof part === "string" ? part : styled(styles[part.look], part.text))));
    }
}
