import type { Source } from "./registry.js";

/** Whether a source's changes are found by comparing it with a copy; then old rows are known as well as new ones. */
export function isCompared({ kind, loadCursorColumn }: Pick<Source, "kind" | "loadCursorColumn">): boolean {
    return kind === "table" || (kind === "view" && loadCursorColumn === null);
}

/** Describes how changes of a source are found. */
export function describeChangeFinding({
    kind,
    keyColumns,
    versionColumn,
    loadCursorColumn,
}: Pick<Source, "kind" | "keyColumns" | "versionColumn" | "loadCursorColumn">): string {
    const key = keyColumns.join(", ");
    switch (kind) {
        case "versions":
            return `new rows are those above the greatest ${loadCursorColumn ?? versionColumn ?? "version"}, and those that come late`;
        case "table":
            return `rows that differ from a copy are found by ${key}, when something has happened to the table`;
        case "view":
            return loadCursorColumn === null
                ? `rows that differ from a copy are found by ${key}, at each build`
                : `new rows are those above the greatest ${loadCursorColumn}, while the others are as they were`;
        case "seed":
            return "it is filled anew from its CSV file";
    }
}
