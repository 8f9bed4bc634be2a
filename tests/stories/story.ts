import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, inject, test } from "vitest";
import { parseSettings, type Settings } from "../../src/config/settings.js";
import { openEmbedded } from "../../src/database/embedded/open-embedded.js";
import { withEmbeddedFolder, withEmptyFolder } from "../setup/embedded-folders.js";
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
    /**
     * True for a story that changes nothing in the database: it shares one with the other such stories of its file, whose
     * embedded server goes on running between them. That saves a start each.
     */
    readonly isReader?: boolean;
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
    const { template = "built", databases = ["embedded"], isReader = false, sizes = [[80, 24]] } = options;
    const withPlace = isReader ? withSharedDatabase : withDatabaseOf;
    if (isReader) {
        afterAll(closeSharedPlaces);
    }
    for (const kind of databases) {
        for (const [columns, rows] of sizes) {
            test(`${name} (${kind}, ${columns}×${rows})`, { timeout: timeoutMs }, async () => {
                await withPlace(kind, template, async (workingFolder, flags) => {
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

type UsePlace = (workingFolder: string, flags: readonly string[]) => Promise<void>;

async function withDatabaseOf(kind: Stage["kind"], template: TemplateName, use: UsePlace): Promise<void> {
    const workingFolder = await mkdtemp(join(inject("runFolder"), "story-"));
    if (kind === "embedded" && template === "empty") {
        await withEmptyFolder(workingFolder, () => use(workingFolder, []));
    } else if (kind === "embedded") {
        await withEmbeddedFolder(workingFolder, template, () => use(workingFolder, []));
    } else {
        await withServerDatabase(template, (url) => use(workingFolder, ["--database-url", url]));
    }
}

interface SharedPlace {
    readonly opened: Promise<Parameters<UsePlace>>;
    /** Ends it and resolves when it is gone. */
    readonly close: () => Promise<void>;
}

const sharedPlaces = new Map<string, SharedPlace>();

async function withSharedDatabase(kind: Stage["kind"], template: TemplateName, use: UsePlace): Promise<void> {
    const key = `${kind} ${template}`;
    const place = sharedPlaces.get(key) ?? openSharedPlace(kind, template);
    sharedPlaces.set(key, place);
    await use(...(await place.opened));
}

function openSharedPlace(kind: Stage["kind"], template: TemplateName): SharedPlace {
    let close = (): void => undefined;
    const isOver = new Promise<void>((resolve) => {
        close = resolve;
    });
    let ended: Promise<void> = Promise.resolve();
    const opened = new Promise<Parameters<UsePlace>>((resolve, reject) => {
        ended = withDatabaseOf(kind, template, async (workingFolder, flags) => {
            const server = kind === "embedded" ? await openEmbedded(join(workingFolder, ".stardeck")) : null;
            resolve([workingFolder, flags]);
            await isOver;
            await server?.close();
        });
        ended.catch(reject);
    });
    return {
        opened,
        close: async () => {
            close();
            await ended;
        },
    };
}

async function closeSharedPlaces(): Promise<void> {
    const places = [...sharedPlaces.values()];
    sharedPlaces.clear();
    await Promise.all(places.map((place) => place.close()));
}
