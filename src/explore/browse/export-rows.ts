import type { Database } from "../../database/database.js";
import { StardeckError } from "../../database/errors.js";
import type { GridView } from "./grid-view.js";

export const exportFormats = ["csv", "json", "jsonl", "markdown"] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
    readonly signal: AbortSignal;
    /** Rows and characters written so far. */
    readonly onProgress?: (written: { readonly rows: number; readonly characters: number }) => void;
}

/** Writes the whole view, values not clipped, a few rows at a time; resolves with the number of rows. */
export function exportRows(
    database: Database,
    view: GridView,
    format: ExportFormat,
    write: (text: string) => Promise<void>,
    options: ExportOptions,
): Promise<number> {
    void [database, view, format, write, options];
    return Promise.reject(new StardeckError("This is not available yet.", { code: "failed" }));
}
