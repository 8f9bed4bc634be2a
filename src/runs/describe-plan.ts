import { formatDuration, formatQuantity } from "../text/format-values.js";
import type { ColumnPlan, ModelPlan, Plan } from "../warehouse/apply/plan.js";
import type { Queryable } from "../warehouse/queryable.js";
import { loadTypicalDurationsMs } from "./past-durations.js";

/** A part of a line: plain text, or text with a look. */
export type PlanPart =
    string | { readonly look: "added" | "changed" | "removed" | "strong" | "dim"; readonly text: string };

export type PlanLine = readonly PlanPart[];

/**
 * Describes what a migration would change, in lines for people.
 *
 * @param usualMs how long the last builds of its tables took
 */
export function* describePlan(plan: Plan, usualMs: ReadonlyMap<string, number>): Generator<PlanLine> {
    for (const name of plan.migrations) {
        yield [{ look: "added", text: "+ " }, `migration ${name}`];
    }
    if (plan.layers !== null) {
        const { from, to } = plan.layers;
        yield from === ""
            ? [{ look: "added", text: "+ " }, `layers ${to}`]
            : [{ look: "changed", text: "~ " }, `layers ${to}, until now ${from}`];
    }
    for (const { name, kind } of plan.sources) {
        yield [signOf(kind), `source ${name}`];
    }
    for (const { name, kind, path, rowCount, breaking } of plan.seeds) {
        const rows = kind === "removed" ? "" : `${formatQuantity(rowCount, "row")} of `;
        yield [signOf(kind), `seed ${name} (${rows}${path})`];
        if (breaking.length > 0) {
            yield [{ look: "removed", text: "    asks first: " }, breaking.join("; ")];
        }
    }
    for (const model of plan.models) {
        yield* describeModel(model);
    }
    yield* describeRebuilds(plan.rebuilt, usualMs);
    for (const warning of plan.warnings) {
        yield [""];
        yield* wrap(warning);
    }
}

/** How long the tables that a plan rebuilds usually take, where that is known. */
export async function loadUsualTimes(database: Queryable, { rebuilt }: Plan): Promise<ReadonlyMap<string, number>> {
    const { rows } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.model_run') is not null as exists",
    );
    return rows[0]?.exists === true ? loadTypicalDurationsMs(database, rebuilt) : new Map();
}

const signs = { new: "+", changed: "~", renamed: ">", removed: "-" } as const;
const looks = { new: "added", changed: "changed", renamed: "changed", removed: "removed" } as const;

function signOf(kind: ModelPlan["kind"]): PlanPart {
    return { look: looks[kind], text: `${signs[kind]} ` };
}

function* describeModel(model: ModelPlan): Generator<PlanLine> {
    const { name, layer, materialisation, kind, renamedFrom } = model;
    const before = renamedFrom === null ? "" : `, until now ${renamedFrom}`;
    yield [signOf(kind), { look: "strong", text: name }, ` (${materialisation} in ${layer}${before})`];
    for (const column of model.columns) {
        yield [`    column ${describeColumn(column)}`];
    }
    for (const text of model.others) {
        yield* wrap(text);
    }
    if (model.select.length > 0) {
        yield [`    SELECT in ${model.path}:`];
        for (const { sign, text } of model.select) {
            const look = sign === " " ? "dim" : sign === "+" ? "added" : "removed";
            yield [{ look, text: `      ${sign} ${text}` }];
        }
    }
    if (model.downstream.length > 0 && kind !== "new") {
        yield* wrap(`read by ${model.downstream.join(", ")}`);
    }
    if (model.foreign.length > 0) {
        yield* wrap(`others have on it: ${model.foreign.join("; ")}`);
    }
    if (model.breaking.length > 0) {
        yield [{ look: "removed", text: "    asks first: " }, model.breaking.join("; ")];
    }
}

function describeColumn({ name, kind, from, type, readers }: ColumnPlan): string {
    const by = readers.length === 0 ? "" : `, read by ${readers.join(", ")}`;
    switch (kind) {
        case "added":
            return `+ ${name} ${type}`;
        case "removed":
            return `- ${name} ${type}${by}`;
        case "renamed":
            return `> ${name}, until now ${from ?? ""}${by}`;
        case "retyped":
            return `~ ${name} ${type}, until now ${from ?? ""}${by}`;
    }
}

function* describeRebuilds(names: readonly string[], durations: ReadonlyMap<string, number>): Generator<PlanLine> {
    if (names.length === 0) {
        return;
    }
    const known = names.filter((name) => durations.has(name));
    const sumMs = known.reduce((sum, name) => sum + (durations.get(name) ?? 0), 0);
    const usual = known.length === 0 ? "" : `; their last builds took ${formatDuration(sumMs)}`;
    yield [""];
    yield [`The next build computes ${formatQuantity(names.length, "table")} whole${usual}:`];
    const described = names.map((name) => {
        const durationMs = durations.get(name);
        return durationMs === undefined ? name : `${name} (${formatDuration(durationMs)})`;
    });
    yield* wrap(described.join(", "));
}

/** Wraps a text so that it fits 80 columns. */
function* wrap(text: string): Generator<PlanLine> {
    const width = 74;
    let line = "";
    for (const word of text.split(" ")) {
        if (line !== "" && line.length + 1 + word.length > width) {
            yield [`    ${line}`];
            line = `  ${word}`;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    yield [`    ${line}`];
}
