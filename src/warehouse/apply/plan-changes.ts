import type { PlannedColumn } from "../registry.js";
import { planModel, type ModelPlan } from "./plan.js";
import type { Run } from "./prepare-run.js";
import { renamedColumns } from "./rename-models.js";

/** @param columns of the models after the change, by model name */
export function planChanges(run: Run, columns: ReadonlyMap<string, readonly PlannedColumn[]>): readonly ModelPlan[] {
    const { changes, columnsBefore, ordered, hung } = run;
    const readersOf = new Map<string, Set<string>>();
    for (const [reader, names] of ordered.upstream) {
        for (const name of names) {
            readersOf.set(name, (readersOf.get(name) ?? new Set()).add(reader));
        }
    }
    const downstreamOf = (name: string, found = new Set<string>()): ReadonlySet<string> => {
        for (const reader of readersOf.get(name) ?? []) {
            if (!found.has(reader)) {
                found.add(reader);
                downstreamOf(reader, found);
            }
        }
        return found;
    };
    return changes.models.map((change) => {
        const { before, after } = change;
        const known = before === null ? [] : (columnsBefore.get(before.name) ?? []);
        const place = before === null ? "" : `${before.schema}.${before.name}`;
        const names = known.map(({ name }) => name);
        return planModel(change, {
            columnsBefore: known,
            columnsAfter: after === null ? [] : (columns.get(after.name) ?? []),
            renamedColumns: before === null || after === null ? new Map() : renamedColumns({ before, after }, names),
            readersOf: new Map(names.map((name) => [name, hung.readers.get(`${place}.${name}`) ?? []])),
            downstream: [...downstreamOf(after?.name ?? before?.name ?? "")].sort(),
            foreign: hung.foreign.get(place) ?? [],
        });
    });
}
