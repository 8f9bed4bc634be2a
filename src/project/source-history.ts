import type { SourceFile } from "./project.js";

/** The database schema of the tables with kept versions of sources. */
export const historySchema = "history";

/** The column with the time when a build first saw a version. */
export const historySeenAt = "history_seen_at";

/** The column that identifies a version: it grows from version to version. */
export const historyVersion = "history_version";

/** The column that is true in the version that marks a row as deleted. */
export const historyIsDeleted = "history_is_deleted";

/** The name of the source with the versions of another source. */
export function historyName(sourceName: string): string {
    return `${sourceName}_history`;
}

/** The source with the kept versions of another: a landing table that builds append to. */
export function makeHistorySource(source: SourceFile): SourceFile {
    return {
        ...source,
        name: historyName(source.name),
        table: source.name,
        schema: historySchema,
        description: `Versions of ${source.name}, one for each change that a build has seen.`,
        kind: "versions",
        versionColumn: historyVersion,
        loadCursor: historyVersion,
        deletes: "refuse",
        keepsHistory: false,
        columns: [],
        freshness: null,
        isRequired: false,
    };
}
