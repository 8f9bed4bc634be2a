import type { ModelFile } from "../../project/project.js";
import { didYouMean } from "../../text/nearest-name.js";
import { buildHeadlineSql, parseHeadline } from "../headline.js";
import type { PlannedColumn } from "../registry.js";
import { explainEach, type Checking } from "./check-models.js";

/** Checks that a model's presentation names only columns that it has, and that its headline is valid SQL. */
export async function checkPresentations(
    { database, places, problems, onPlannedTables }: Checking,
    models: readonly ModelFile[],
    columnsOf: ReadonlyMap<string, readonly PlannedColumn[]>,
): Promise<void> {
    const sentences: { readonly sql: string; readonly of: ModelFile }[] = [];
    for (const model of models) {
        const names = (columnsOf.get(model.name) ?? []).map(({ name }) => name);
        for (const { path, name } of listNames(model)) {
            if (!names.includes(name)) {
                problems.push(
                    places.definition(
                        model,
                        ["presentation", ...path],
                        `The presentation of "${model.name}" names the column "${name}", which it does not have.`,
                        didYouMean(name, names, `It has: ${names.join(", ")}.`),
                    ),
                );
            }
        }
        const { expressions } = parseHeadline(model.presentation.headline ?? "");
        if (expressions.length > 0) {
            sentences.push({ sql: await onPlannedTables(buildHeadlineSql(model, expressions)), of: model });
        }
    }
    await explainEach(database, sentences, (model, { message, hint }) => {
        problems.push(
            places.definition(
                model,
                ["presentation", "headline"],
                `The headline of "${model.name}" cannot be asked: ${message}`,
                hint,
            ),
        );
    });
}

interface NamedColumn {
    readonly path: readonly (string | number)[];
    readonly name: string;
}

function listNames({ presentation }: ModelFile): readonly NamedColumn[] {
    const { measure, sort = [], columns = [], round = {}, unit = {} } = presentation;
    return [
        ...(measure === undefined ? [] : [{ path: ["measure"], name: measure }]),
        ...sort.map((text, place) => ({ path: ["sort", place], name: text.replace(/^-/, "") })),
        ...columns.map((name, place) => ({ path: ["columns", place], name })),
        ...Object.keys(round).map((name) => ({ path: ["round", name], name })),
        ...Object.keys(unit).map((name) => ({ path: ["unit", name], name })),
    ];
}
