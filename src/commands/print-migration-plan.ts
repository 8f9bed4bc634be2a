import type { Database } from "../database/database.js";
import { loadTypicalDurationsMs } from "../runs/past-durations.js";
import { formatDuration, formatQuantity } from "../text/format-values.js";
import { isBreaking, isEmptyPlan, type ColumnPlan, type ModelPlan, type Plan } from "../warehouse/apply/plan.js";
import { styled, type Output, type Text } from "./output.js";

/** Prints what a migration would change: for people, or one object a line. */
export async function printPlan(database: Database, plan: Plan, output: Output): Promise<void> {
    const durations = await loadUsualTimes(database, plan);
    if (output.isJson) {
        for (const name of plan.migrations) {
            output.record({ type: "planned-migration", name });
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
        output.record({ type: "plan", isEmpty: isEmptyPlan(plan), isBreaking: isBreaking(plan) });
        return;
    }
    for (const name of plan.migrations) {
        output.line([styled("green", "+ "), `migration ${name}`]);
    }
    for (const { name, kind } of plan.sources) {
        output.line([styled(colourOf(kind), `${signOf(kind)} `), `source ${name}`]);
    }
    for (const { name, kind, path, rowCount, breaking } of plan.seeds) {
        const rows = kind === "removed" ? "" : `${formatQuantity(rowCount, "row")} of `;
        output.line([styled(colourOf(kind), `${signOf(kind)} `), `seed ${name} (${rows}${path})`]);
        if (breaking.length > 0) {
            output.line([styled("red", "    asks first: "), breaking.join("; ")]);
        }
    }
    for (const model of plan.models) {
        for (const line of describeModel(model)) {
            output.line(line);
        }
    }
    for (const line of describeRebuilds(plan.rebuilt, durations)) {
        output.line(line);
    }
}

async function loadUsualTimes(database: Database, { rebuilt }: Plan): Promise<ReadonlyMap<string, number>> {
    const { rows } = await database.query<{ exists: boolean }>(
        "select to_regclass('ops.model_run') is not null as exists",
    );
    return rows[0]?.exists === true ? loadTypicalDurationsMs(database, rebuilt) : new Map();
}

const signs = { new: "+", changed: "~", renamed: ">", removed: "-" } as const;
const colours = { new: "green", changed: "yellow", renamed: "yellow", removed: "red" } as const;

function signOf(kind: ModelPlan["kind"]): string {
    return signs[kind];
}

function colourOf(kind: ModelPlan["kind"]): "green" | "yellow" | "red" {
    return colours[kind];
}

function* describeModel(model: ModelPlan): Generator<Text> {
    const { name, layer, materialisation, kind, renamedFrom } = model;
    const before = renamedFrom === null ? "" : `, until now ${renamedFrom}`;
    yield [
        styled(colourOf(kind), `${signOf(kind)} `),
        styled("bold", name),
        ` (${materialisation} in ${layer}${before})`,
    ];
    for (const column of model.columns) {
        yield `    column ${describeColumn(column)}`;
    }
    for (const text of model.others) {
        yield* wrap(text);
    }
    if (model.select.length > 0) {
        yield `    SELECT in ${model.path}:`;
        for (const { sign, text } of model.select) {
            const line = `      ${sign} ${text}`;
            yield sign === " " ? styled("dim", line) : styled(sign === "+" ? "green" : "red", line);
        }
    }
    if (model.downstream.length > 0 && kind !== "new") {
        yield* wrap(`read by ${model.downstream.join(", ")}`);
    }
    if (model.foreign.length > 0) {
        yield* wrap(`others have on it: ${model.foreign.join("; ")}`);
    }
    if (model.breaking.length > 0) {
        yield [styled("red", "    asks first: "), model.breaking.join("; ")];
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

function* describeRebuilds(names: readonly string[], durations: ReadonlyMap<string, number>): Generator<Text> {
    if (names.length === 0) {
        return;
    }
    const known = names.filter((name) => durations.has(name));
    const sumMs = known.reduce((sum, name) => sum + (durations.get(name) ?? 0), 0);
    const usual = known.length === 0 ? "" : `; their last builds took ${formatDuration(sumMs)}`;
    yield "";
    yield `The next build computes ${formatQuantity(names.length, "table")} whole${usual}:`;
    const described = names.map((name) => {
        const durationMs = durations.get(name);
        return durationMs === undefined ? name : `${name} (${formatDuration(durationMs)})`;
    });
    yield* wrap(described.join(", "));
}

/** Readable on 80 columns. */
function* wrap(text: string): Generator<string> {
    const width = 74;
    let line = "";
    for (const word of text.split(" ")) {
        if (line !== "" && line.length + 1 + word.length > width) {
            yield `    ${line}`;
            line = `  ${word}`;
        } else {
            line = line === "" ? word : `${line} ${word}`;
        }
    }
    yield `    ${line}`;
}
