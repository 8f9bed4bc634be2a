import { throwIfAborted } from "../database/errors.js";
import { quoteQualified } from "../sql/identifiers.js";
import type { TableModel } from "../warehouse/registry.js";
import { loadSourceRows } from "./sample-rows.js";
import type { Fault, ScratchWarehouse } from "./scratch-warehouse.js";
import { shrink } from "./shrink.js";
import type { SourceChange, SourceRow, SourceRows } from "./source-rows.js";

/** Rows and changes after which a model differs from its full refresh. */
export interface Counterexample {
    readonly fault: Fault;
    /** The rows of the sources before the first build. */
    readonly rows: SourceRows;
    /** The changes before each later build. */
    readonly batches: readonly (readonly SourceChange[])[];
    /** False if a repetition did not show the fault, so that nothing could be left out. */
    readonly isRepeatable: boolean;
    /** The SELECT does not determine which of several rows it gives: a full refresh depends on the order of the sources' rows. */
    readonly isAmbiguous: boolean;
}

/** A candidate for a smaller counterexample. */
interface Attempt {
    readonly rows: SourceRows;
    readonly batches: readonly (readonly SourceChange[])[];
}

/** Limits the attempts, so that the user does not wait too long. */
const mostAttempts = 400;

/**
 * Makes a counterexample smaller: leaves out rows, changes and builds as long as the same model still differs.
 *
 * @param first the rows at the start, and each batch that followed; the fault was seen after the last
 * @param lastRows the rows of the sources before the last batch
 */
export async function shrinkCounterexample(
    warehouse: ScratchWarehouse,
    fault: Fault,
    first: Attempt,
    lastRows: SourceRows,
    signal: AbortSignal,
): Promise<Counterexample> {
    const select = [`+${fault.modelName}`];
    let attempts = 0;
    let found = fault;
    const fails = async ({ rows, batches }: Attempt): Promise<boolean> => {
        throwIfAborted(signal);
        if (attempts++ >= mostAttempts) {
            return false;
        }
        if ((await warehouse.begin(rows, select)).kind !== "equal") {
            return false;
        }
        for (const changes of batches) {
            const outcome = await warehouse.advance(changes, select, [fault.modelName]);
            if (outcome.kind === "fault" && outcome.fault.kind === fault.kind) {
                found = outcome.fault;
                return true;
            }
            if (outcome.kind !== "equal") {
                return false;
            }
        }
        return false;
    };
    const last = first.batches.slice(-1);
    let best: Attempt = { rows: lastRows, batches: last };
    if (!(await fails(best))) {
        best = first;
        if (!(await fails(best))) {
            return { fault, ...first, isRepeatable: false, isAmbiguous: false };
        }
        const { rows } = best;
        best = { rows, batches: await shrink(best.batches, (batches) => fails({ rows, batches })) };
    }
    for (let before = Infinity; sizeOf(best) < before;) {
        before = sizeOf(best);
        best = await leaveOutChanges(best, fails);
        best = await leaveOutRows(best, fails);
    }
    best = await leaveOutCells(best, warehouse, fails);
    // The last attempt may not have been the smallest failing one: run that again for its fault.
    attempts = 0;
    await fails(best);
    return {
        fault: found,
        ...best,
        isRepeatable: true,
        isAmbiguous: found.kind === "differs" && (await dependsOnOrder(warehouse, found.modelName)),
    };
}

type Fails = (attempt: Attempt) => Promise<boolean>;

function sizeOf({ rows, batches }: Attempt): number {
    return batches.flat().length + [...rows.values()].flat().length;
}

async function leaveOutChanges({ rows, batches }: Attempt, fails: Fails): Promise<Attempt> {
    const items = batches.flatMap((changes, place) => changes.map((change) => ({ change, place })));
    const gather = (left: typeof items): Attempt["batches"] =>
        batches
            .map((_changes, place) => left.filter((each) => each.place === place).map(({ change }) => change))
            .filter((changes) => changes.length > 0);
    const left = await shrink(items, (some) => fails({ rows, batches: gather([...some]) }));
    return { rows, batches: gather([...left]) };
}

async function leaveOutRows({ rows, batches }: Attempt, fails: Fails): Promise<Attempt> {
    const items = [...rows].flatMap(([source, own]) => own.map((row) => ({ source, row })));
    const gather = (left: readonly { readonly source: string; readonly row: SourceRow }[]): SourceRows => {
        const gathered = new Map<string, SourceRow[]>();
        for (const { source, row } of left) {
            gathered.set(source, [...(gathered.get(source) ?? []), row]);
        }
        return gathered;
    };
    const left = await shrink(items, (some) => fails({ rows: gather(some), batches }));
    return { rows: gather(left), batches };
}

/** Sets all values of a column to null if the fault does not depend on them. */
async function leaveOutCells(best: Attempt, { tables }: ScratchWarehouse, fails: Fails): Promise<Attempt> {
    let left = best;
    for (const { source, columns } of tables) {
        for (const { name, notNull } of columns) {
            const without = (row: SourceRow): SourceRow => (name in row ? { ...row, [name]: null } : row);
            const isIn = (row: SourceRow): boolean => (row[name] ?? null) !== null;
            const isUsed =
                (left.rows.get(source.name) ?? []).some(isIn) ||
                left.batches
                    .flat()
                    .some((change) => change.source === source.name && change.kind === "insert" && isIn(change.row));
            if (notNull || source.key.includes(name) || !isUsed) {
                continue;
            }
            const fewer: Attempt = {
                rows: new Map(
                    [...left.rows].map(([other, rows]) => [other, other === source.name ? rows.map(without) : rows]),
                ),
                batches: left.batches.map((changes) =>
                    changes.map((change) =>
                        change.source === source.name && change.kind === "insert"
                            ? { ...change, row: without(change.row) }
                            : change,
                    ),
                ),
            };
            left = (await fails(fewer)) ? fewer : left;
        }
    }
    return left;
}

/** Whether a full refresh gives other rows when the sources hold the same rows in another order. */
async function dependsOnOrder(warehouse: ScratchWarehouse, modelName: string): Promise<boolean> {
    const model = warehouse.graph.models.get(modelName);
    if (model?.materialisation !== "table") {
        return false;
    }
    const { database, tables } = warehouse;
    const rows = await database.withTransaction((connection) => loadSourceRows(connection, tables), { readOnly: true });
    const backwards = new Map([...rows].map(([source, own]) => [source, [...own].reverse()]));
    const made: string[] = [];
    for (const order of [rows, backwards]) {
        await warehouse.begin(order, [`+${modelName}`]);
        made.push(await loadModelText(warehouse, model));
    }
    return made[0] !== made[1];
}

async function loadModelText({ database }: ScratchWarehouse, { schema, name }: TableModel): Promise<string> {
    const { rows } = await database.query<{ text: string | null }>(
        `select string_agg(model::text, e'\\n' order by model::text) as text from ${quoteQualified(schema, name)} as model`,
    );
    return rows[0]?.text ?? "";
}
