import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { inject, test } from "vitest";
import { parseSettings, type Settings } from "../../src/config/settings.js";
import { withEmbeddedFolder } from "../setup/embedded-folders.js";
import { withServerDatabase } from "../setup/server-databases.js";
import type { TemplateName } from "../setup/templates.js";
import { openTerminal } from "./open-terminal.js";
import type { StoryTerminal, TerminalOptions } from "./story-terminal.js";

/** Columns and rows. */
export type TerminalSize = readonly [columns: number, rows: number];

export interface StoryOptions {
    /** What the story's database holds at first; `built` when not given. */
    readonly template?: TemplateName;
    /** The embedded database alone when not given; tell a story on both where the database matters to it. */
    readonly databases?: readonly ("embedded" | "server")[];
    /** 80 × 24 when not given. */
    readonly sizes?: readonly TerminalSize[];
}

/** Where a story takes place: a working folder and a database of its own, which nobody else has open. */
export interface Stage {
    readonly kind: "embedded" | "server";
    readonly workingFolder: string;
    /** `--database-url …` for the server; nothing for the embedded database. */
    readonly flags: readonly string[];
    /** For `openDatabase` of the tests' setup, to change the data behind the program's back. */
    readonly settings: Settings;
    readonly columns: number;
    readonly rows: number;
    /** Starts stardeck with `args` in a terminal of the story's size, which closes with the story. */
    readonly open: (args?: readonly string[], options?: Partial<TerminalOptions>) => Promise<StoryTerminal>;
}

/** The first story to need a template makes it for all: migrations, demo data and a build. */
const timeoutMs = 180_000;

/** Tells what a person does and sees, by the built program in a real pseudo-terminal: once for each database and size. */
export function story(name: string, options: StoryOptions, tell: (stage: Stage) => Promise<void>): void {
    const { template = "built", databases = ["embedded"], sizes = [[80, 24]] } = options;
    for (const kind of databases) {
        for (const [columns, rows] of sizes) {
            test(`${name} (${kind}, ${columns}×${rows})`, { timeout: timeoutMs }, async () => {
                await withDatabaseOf(kind, template, async (workingFolder, flags) => {
                    const terminals: StoryTerminal[] = [];
                    const open: Stage["open"] = async (args = [], more = {}) => {
                        const terminal = await openTerminal({
                            columns,
                            rows,
                            workingFolder,
                            arguments: [...args, ...flags],
                            ...more,
                        });
                        terminals.push(terminal);
                        return terminal;
                    };
                    const settings = parseSettings({ databaseUrl: flags[1] }, {}, workingFolder);
                    try {
                        await tell({ kind, workingFolder, flags, settings, columns, rows, open });
                    } finally {
                        await Promise.all(terminals.map((terminal) => terminal.close()));
                    }
                });
            });
        }
    }
}

async function withDatabaseOf(
    kind: Stage["kind"],
    template: TemplateName,
    use: (workingFolder: string, flags: readonly string[]) => Promise<void>,
): Promise<void> {
    const workingFolder = await mkdtemp(join(inject("runFolder"), "story-"));
    if (kind === "embedded") {
        await withEmbeddedFolder(workingFolder, template, () => use(workingFolder, []));
    } else {
        await withServerDatabase(template, (url) => use(workingFolder, ["--database-url", url]));
    }
}
