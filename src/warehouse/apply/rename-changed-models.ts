import type { ModelFile } from "../../project/project.js";
import type { Fingerprint } from "../fingerprints.js";
import type { PlannedColumn } from "../registry.js";
import type { Run } from "./prepare-run.js";
import { renamedColumns, renameModel } from "./rename-models.js";
import {
    carryFingerprints,
    loadCurrentFingerprints,
    loadNamelessDefinitions,
    type NamelessDefinitions,
} from "./renamed-definitions.js";

export interface Renaming {
    /** The earlier definitions, by new names and with new names inside. */
    readonly models: ReadonlyMap<string, ModelFile>;
    readonly isAny: boolean;
    /** By new names: the nameless definitions right after the renaming, and the fingerprints before it. */
    readonly definitions: NamelessDefinitions;
    readonly fingerprints: ReadonlyMap<string, Fingerprint>;
    /** The earlier planned columns, by new names. */
    readonly columns: ReadonlyMap<string, readonly PlannedColumn[]>;
}

/** Renames models and columns in the database, as the changes say. */
export async function renameChangedModels({ database, changes, columnsBefore, selectSchema }: Run): Promise<Renaming> {
    const kept = changes.models.flatMap(({ before, after }) =>
        before !== null && after !== null ? [{ before, after }] : [],
    );
    const knownOf = ({ name }: ModelFile): readonly string[] =>
        (columnsBefore.get(name) ?? []).map((column) => column.name);
    const isAny = kept.some(
        ({ before, after }) =>
            before.name !== after.name ||
            before.schema !== after.schema ||
            renamedColumns({ before, after }, knownOf(before)).size > 0,
    );
    const fingerprints = new Map(isAny ? await loadCurrentFingerprints(database) : []);
    const columns = new Map(columnsBefore);
    const models = new Map<string, ModelFile>();
    for (const { before, after } of kept) {
        const known = knownOf(before);
        const names = renamedColumns({ before, after }, known);
        models.set(after.name, await renameModel(database, { before, after, selectSchema }, known));
        const fingerprint = fingerprints.get(before.name);
        if (fingerprint !== undefined) {
            fingerprints.set(after.name, fingerprint);
        }
        columns.set(
            after.name,
            (columnsBefore.get(before.name) ?? []).map((column) => ({
                ...column,
                name: names.get(column.name) ?? column.name,
            })),
        );
    }
    const definitions = isAny ? await loadNamelessDefinitions(database) : new Map<string, string>();
    return { models, isAny, definitions, fingerprints, columns };
}

/** Built models whose definition differs only in names stay as fresh as before: gives them their new fingerprints. */
export async function carryRenamed(
    { database, definitions }: Run,
    renaming: Renaming,
    columnsAfter: ReadonlyMap<string, readonly PlannedColumn[]>,
): Promise<ReadonlySet<string>> {
    const now = await loadNamelessDefinitions(database);
    const contractOf = (columns: readonly PlannedColumn[]): string =>
        JSON.stringify(columns.map(({ name, type, notNull }) => [name, type, notNull]));
    const same = definitions.models.filter(({ name, primaryKey }) => {
        const before = renaming.columns.get(name) ?? [];
        const keyBefore = renaming.models.get(name)?.primaryKey ?? primaryKey;
        return (
            now.get(name) === renaming.definitions.get(name) &&
            contractOf(before) === contractOf(columnsAfter.get(name) ?? before) &&
            keyBefore.join("\0") === primaryKey.join("\0")
        );
    });
    return carryFingerprints(
        database,
        same.map(({ name }) => name),
        renaming.fingerprints,
    );
}
