import { checkModel } from "./check-definition.js";
import type { ColumnDefinition, ModelDefinition } from "./definitions.js";
import { readDefaultExport, type FileReader, type Read } from "./file-reader.js";
import type { FoundFile } from "./find-files.js";
import { parseNames, parseSqlFile } from "./parse-sql-file.js";
import { problemOnLine, type FileProblem } from "./problem.js";
import type { TestFile } from "./project.js";

/** The contents of a model's SQL file. */
export interface ModelSql {
    readonly description: string;
    readonly grain: Said<string> | null;
    readonly key: Said<readonly string[]> | null;
    readonly entity: Said<readonly string[]> | null;
    readonly select: string;
    readonly selectLine: number;
}

/** A value and the line on which it is written. */
export interface Said<Value> {
    readonly value: Value;
    readonly line: number;
}

/** The contents of the TypeScript file beside a model's SQL file. */
export interface ModelAddition {
    readonly definition: Omit<ModelDefinition, "columns" | "tests">;
    readonly columns: Readonly<Record<string, ColumnDefinition>>;
    readonly tests: readonly TestFile[];
    /** The line of each given property. */
    readonly lines: Readonly<Record<string, number>>;
}

const labels = ["grain", "key", "entity"];

export function readModelSql(reader: FileReader, file: FoundFile): Read<ModelSql> {
    return reader.readText(file, (text) => {
        const { description, labels: said, select, selectLine, problems } = parseSqlFile(file.path, text, labels);
        const found: FileProblem[] = [...problems];
        const { grain, key, entity } = said;
        if (grain?.value === "") {
            found.push(problemOnLine(file.path, text, grain.line, 'After "Grain:" stands what one row is.', null));
        }
        const keyNames = key === undefined ? [] : parseNames(key.value);
        if (key !== undefined && (keyNames.length === 0 || new Set(keyNames).size < keyNames.length)) {
            found.push(
                problemOnLine(file.path, text, key.line, 'After "Key:" stand the columns of its key, each once.', null),
            );
        }
        const entityNames = entity === undefined ? [] : parseNames(entity.value);
        if (entity !== undefined && (entityNames.length === 0 || new Set(entityNames).size < entityNames.length)) {
            found.push(
                problemOnLine(
                    file.path,
                    text,
                    entity.line,
                    'After "Entity:" stand the columns of its entity, each once.',
                    null,
                ),
            );
        }
        if (select === "") {
            found.push(problemOnLine(file.path, text, 1, "It has no SELECT.", null));
        }
        return {
            value: {
                description,
                grain: grain ?? null,
                key: key === undefined ? null : { value: keyNames, line: key.line },
                entity: entity === undefined ? null : { value: entityNames, line: entity.line },
                select,
                selectLine,
            },
            problems: found,
        };
    });
}

export function readModelAddition(reader: FileReader, file: FoundFile): Read<ModelAddition> {
    return reader.readModule(file, (evaluated) => {
        const { value, problems } = readDefaultExport(file, evaluated, "model", checkModel);
        if (value === null) {
            return { value: null, problems };
        }
        const { columns = {}, tests = [], ...definition } = value.definition;
        return {
            value: {
                definition,
                columns: Object.fromEntries(
                    Object.entries(columns).map(([name, column]) => [
                        name,
                        typeof column === "string" ? { description: column } : column,
                    ]),
                ),
                tests: tests.map((test, index) => ({
                    definition: test,
                    path: file.path,
                    line: value.lineOf(["tests", index]),
                })),
                lines: Object.fromEntries(Object.keys(value.definition).map((key) => [key, value.lineOf([key])])),
            },
            problems,
        };
    });
}
