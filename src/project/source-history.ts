import type { SourceFile } from "./project.js";

/** The database schema of the versions that are kept of sources. */
export const historySchema = "history";

/** The column that tells when a version was seen first, by the clock of the build that saw it. */
export const historySeenAt = "history_seen_at";

/** The column that tells versions apart: it grows from version to version. */
export const historyVersion = "history_version";

/** The column that is true in the version which says that the row is gone. */
export const historyIsDeleted = "history_is_deleted";

/** What the source is called that has the versions of another. */
export function historyName(sourceName: string): string {
    return `${sourceName}_history`;
}

/** The versions that are kept of a source are a landing table, which builds append to. */
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
