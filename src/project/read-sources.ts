import { checkSource } from "./check-definition.js";
import { definitionKindOrNull } from "./define.js";
import type { SourceDefinition } from "./definitions.js";
import { failed, readExport, type FileReader, type Read } from "./file-reader.js";
import type { FoundFile } from "./find-files.js";
import { locateValueOrNull } from "./locate-value.js";
import type { ValuePath } from "./plain-value.js";
import { problemAt, problemOf, problemOnLine, type FileProblem } from "./problem.js";
import type { SourceFile } from "./project.js";

/** The sources that a file exports: one or a list, by default or by name. */
export function readSources(reader: FileReader, file: FoundFile): Read<readonly SourceFile[]> {
    return reader.readModule(file, ({ exports, text }) => {
        const sources: SourceFile[] = [];
        const problems: FileProblem[] = [];
        for (const [exportName, value] of Object.entries(exports)) {
            const given = Array.isArray(value) ? value : [value];
            for (const [index, item] of given.entries() as Iterable<[number, unknown]>) {
                const within: ValuePath = Array.isArray(value) ? [index] : [];
                const read =
                    definitionKindOrNull(item) === "source"
                        ? readExport(file.path, text, exportName, item, checkSource, within)
                        : failed<never>(
                              problemAt(
                                  file.path,
                                  text,
                                  locateValueOrNull(text, exportName, within),
                                  `"${exportName}" was not made by defineSource.`,
                                  "Files of this folder export sources and nothing else.",
                              ),
                          );
                problems.push(...read.problems);
                if (read.value !== null) {
                    const line = read.value.lineOf([]);
                    const source = makeSource(read.value.definition, file.path, line);
                    sources.push(source);
                    if (source.kind === "versions" && source.keepsHistory) {
                        problems.push(
                            problemOnLine(
                                file.path,
                                text,
                                line,
                                `The source "${source.name}" is made of versions already: there is no history to keep.`,
                                'Leave `history` out; or say that the table is changed in place: kind: "table".',
                            ),
                        );
                    }
                    if (source.kind === "versions" && source.versionColumn === null) {
                        problems.push(
                            problemOnLine(
                                file.path,
                                text,
                                line,
                                `The source "${source.name}" does not say what tells versions of a record apart.`,
                                'Name it: versionColumn: "modified_at"; or say that the table is changed in place: kind: "table".',
                            ),
                        );
                    }
                }
            }
        }
        if (Object.keys(exports).length === 0) {
            problems.push(
                problemOf(file.path, "It exports no source.", "Write `export const orders = defineSource({ … });`."),
            );
        }
        return { value: sources, problems };
    });
}

function makeSource(definition: SourceDefinition, path: string, line: number): SourceFile {
    const { name, table, schema, description, kind = "versions", key, versionColumn, loadCursor } = definition;
    const { deletes, history, columns, freshness, isRequired } = definition;
    return {
        name,
        table: table ?? name,
        schema: schema ?? null,
        description: description ?? "",
        kind,
        key: typeof key === "string" ? [key] : key,
        versionColumn: versionColumn ?? null,
        loadCursor: loadCursor ?? null,
        deletes: deletes ?? (kind === "versions" ? "refuse" : "follow"),
        keepsHistory: history ?? false,
        columns: Object.entries(columns ?? {}).map(([column, type]) => ({ name: column, type })),
        freshness: freshness ?? null,
        isRequired: isRequired ?? false,
        path,
        line,
    };
}
