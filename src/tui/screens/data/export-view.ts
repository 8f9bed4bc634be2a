import { basename } from "node:path";
import { exportRows, type ExportFormat } from "../../../browse/export-rows.js";
import type { GridView } from "../../../browse/grid-view.js";
import { nameRelation } from "../../../browse/relation.js";
import { formatQuantity } from "../../../text/format-values.js";
import type { App } from "../../app/app.js";
import { makeConfirm } from "../../kit/confirm.js";
import { makeMenu } from "../../kit/menu.js";
import { findFreePath, kindOfPath, writeWholeFile } from "../../../config/write-file.js";

const formats: readonly {
    readonly format: ExportFormat;
    readonly key: string;
    readonly title: string;
    readonly ending: string;
    readonly description: string;
}[] = [
    { format: "csv", key: "c", title: "CSV", ending: "csv", description: "RFC 4180, as `stardeck show --format csv`." },
    { format: "json", key: "o", title: "JSON", ending: "json", description: "One array of objects." },
    { format: "jsonl", key: "l", title: "JSON lines", ending: "jsonl", description: "One object a line." },
    { format: "markdown", key: "m", title: "Markdown", ending: "md", description: "A table." },
];

/** Asks for format and file, and writes all rows of the view there as a job. */
export function askForExport(app: App, view: GridView): void {
    const items = formats.map(({ format, key, title, ending, description }) => ({
        title,
        hint: key,
        description,
        run: () => {
            void suggestFile(app, `${fileName(view)}.${ending}`).then((name) => {
                askForFile(app, view, format, name);
            });
        },
    }));
    app.openDialog(makeMenu(app, { title: "Export all rows of this view as", items }));
}

function fileName({ relation }: GridView): string {
    const name = relation.source.from === "query" ? "query" : relation.source.name;
    return name.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "_");
}

/** A name that no file has yet, nor an export that is running. */
async function suggestFile(app: App, name: string): Promise<string> {
    return basename(await findFreePath(app.resolvePath(name)));
}

function askForFile(app: App, view: GridView, format: ExportFormat, initial: string): void {
    app.ask({
        label: "write to",
        initial,
        onSubmit: (given) => {
            const typed = given.trim();
            if (typed !== "") {
                void exportTo(app, view, format, typed);
            }
        },
    });
}

async function exportTo(app: App, view: GridView, format: ExportFormat, typed: string): Promise<void> {
    const path = app.resolvePath(typed);
    const kind = await kindOfPath(path);
    if (kind === "other") {
        app.say(`${path} is not a file: choose another name.`, "failed");
        askForFile(app, view, format, typed);
        return;
    }
    if (kind === "nothing") {
        await runExport(app, view, format, path);
        return;
    }
    app.openDialog(
        makeConfirm(app, {
            title: "The file is there already",
            text: `${path} will be replaced once all rows are written.`,
            action: "replace it",
            run: () => {
                void runExport(app, view, format, path);
            },
        }),
    );
}

/** Writes the file as a job, and says how it ended. */
async function runExport(app: App, view: GridView, format: ExportFormat, path: string): Promise<void> {
    app.say(`Writing ${path}: J shows how far it is, x cancels.`);
    const job = await app.jobs.start(`export ${nameRelation(view.relation)}`, async (report, signal) => {
        const rows = await writeWholeFile(path, (write) =>
            app.read(
                (database) =>
                    exportRows(database, view, format, write, {
                        signal,
                        onProgress: (written) => {
                            report(`${formatQuantity(written.rows, "row")}, ${formatSize(written.characters)}`);
                        },
                    }),
                signal,
            ),
        );
        return `${formatQuantity(rows, "row")} in ${path}`;
    });
    if (job.status === "done") {
        app.say(`Wrote ${job.progress}.`, "ok");
    } else {
        app.say(job.status === "cancelled" ? "The export is cancelled; no file is left." : job.progress, "failed");
    }
}

/** `3.4 MB` */
function formatSize(bytes: number): string {
    if (bytes < 1000) {
        return `${bytes} B`;
    }
    return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
