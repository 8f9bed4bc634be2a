import { loadRow } from "../../../browse/load-row.js";
import { loadTrace } from "../../../browse/trace/load-trace.js";
import type { TraceStep } from "../../../browse/trace/plan-trace.js";
import type { TraceRow } from "../../../browse/trace/trace-facts.js";
import type { App } from "../../app/app.js";
import type { DataTarget } from "../../kit/screen.js";
import type { Catalogue } from "../../app/catalogue.js";
import { currentColumn, currentRow } from "./grid-state.js";
import type { OpenGrid } from "./open-grids.js";

/** The longest time for the search. */
const patienceMs = 30_000;

/** Why the rows upstream of the row cannot be shown, as a short reason; null when they can. */
export function untraceableReason(app: App, { target, grid }: OpenGrid): string | null {
    const catalogue = app.catalogue.get().value;
    if (catalogue === null) {
        return "the models are still being read";
    }
    const traced = findTracedOrNull(catalogue, target);
    if (traced === null) {
        return target.kind === "query"
            ? "the rows of a query belong to no known model: d opens a model"
            : `${target.name} is no model, so it is not known what its rows were made from`;
    }
    if (traced.isSource) {
        return "these are landing rows: nothing comes before them";
    }
    if (catalogue.graph.upstreamOf(traced.name).length === 0) {
        return `${traced.name} reads nothing: its SELECT alone makes its rows`;
    }
    return currentRow(grid.get()) === null ? "there is no row here" : null;
}

/** Finds the rows upstream that the row under the cursor was made from: each relation that has some, the likeliest first. */
export async function findUpstream(app: App, open: OpenGrid, signal: AbortSignal): Promise<readonly DataTarget[]> {
    const catalogue = app.catalogue.get().value;
    const traced = catalogue === null ? null : findTracedOrNull(catalogue, open.target);
    if (catalogue === null || traced === null) {
        return [];
    }
    const { registry } = catalogue;
    const row = await readWholeRow(app, open, signal);
    const question = { modelName: traced.name, row, wanted: listWanted(catalogue, traced.name, open) };
    const steps = await app.read(
        (database, options) => loadTrace(database, registry, question, options),
        signal,
        patienceMs,
    );
    const shown = steps.filter(({ by }) => by !== "null");
    if (shown.length === 0) {
        app.say(`No row upstream made this one: ${steps[0]?.reason ?? "it reads nothing"}.`, "warned");
    }
    return shown.map(makeStepTarget);
}

interface Traced {
    readonly name: string;
    readonly isSource: boolean;
}

function findTracedOrNull({ registry: { models, sources } }: Catalogue, target: DataTarget): Traced | null {
    const wanted = target.kind === "relation" ? target.name : target.trace?.relationName;
    const isHere = (schema: string): boolean => target.kind === "query" || schema === target.schema;
    const model =
        models.find(({ schema, name }) => name === wanted && isHere(schema)) ??
        // The view that a table is computed from has the table's rows after the next build.
        models.find(
            (each) => each.materialisation === "table" && each.selectView === wanted && isHere(each.selectSchema),
        );
    const source = sources.find(({ schema, table }) => table === wanted && isHere(schema));
    const found = model ?? source;
    return found === undefined ? null : { name: found.name, isSource: model === undefined };
}

/** The column under the cursor, unless it is a key, which only identifies the row. */
function listWanted({ registry }: Catalogue, modelName: string, { grid }: OpenGrid): readonly string[] {
    const state = grid.get();
    const name = currentColumn(state);
    const model = registry.models.find((each) => each.name === modelName);
    const keys = model?.materialisation === "table" ? [...model.primaryKey, ...model.entityKey] : [];
    return name === null || keys.includes(name) ? [] : [name];
}

/** The row from the grid if that has all columns; else the row is read. */
async function readWholeRow(app: App, { grid }: OpenGrid, signal: AbortSignal): Promise<TraceRow> {
    const { arrangement, window } = grid.get();
    const row = currentRow(grid.get());
    if (arrangement === null || window === null || row === null) {
        return new Map();
    }
    const { columns } = arrangement.view.relation;
    const isAll = window.columns.length === columns.length;
    const whole = isAll
        ? row
        : await app.read(
              (database, options) => loadRow(database, arrangement.view, row.key, options),
              signal,
              patienceMs,
          );
    const names = (isAll ? window.columns : columns).map(({ name }) => name);
    // Leave out clipped values: they would be compared as other values.
    return new Map(
        names.flatMap((name, index) =>
            whole === null || index in whole.clippedBytes ? [] : [[name, whole.cells[index] ?? null] as const],
        ),
    );
}

function makeStepTarget({ relation, where, reason, wanted }: TraceStep): DataTarget {
    const { schema, name, isSource } = relation;
    const rows = isSource ? "landing rows" : "rows";
    return {
        kind: "relation",
        schema,
        name,
        ...(where === null ? {} : { where }),
        title: where === null ? `all ${rows}: ${reason}` : `${rows} with ${reason}`,
        trace: { relationName: name, column: wanted[0] ?? null },
    };
}
