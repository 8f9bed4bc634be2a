import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { runStardeck } from "../commands/run-stardeck.js";
import { openDatabase } from "../setup/databases.js";
import { story, type Stage } from "./story.js";

const select = "migrations/models/marts/mart_status.sql";

function makeMart(columns: string): string {
    return `-- Orders by status.
-- Grain: one row per status.
-- Key: status.
select status, ${columns}
from prep.stg_order where status is not null group by status
`;
}

const files: Readonly<Record<string, string>> = {
    "stardeck.config.ts": `import { defineConfig } from "stardeck";
export default defineConfig({ name: "shop", sourceSchema: "raw" });
`,
    "migrations/sources/raw.ts": `import { defineSource } from "stardeck";
export const orders = defineSource({ name: "orders", key: "id", versionColumn: "modified_at" });
`,
    "migrations/models/prep/stg_order.sql": `-- Orders.
-- Grain: one row per order.
select distinct on (id) id as order_id, status, amount from {source_schema}.orders order by id, modified_at desc
`,
    [select]: makeMart("count(*)::int as order_count, sum(amount) as total"),
    [select.replace(".sql", ".test.yml")]: `counts_orders:
  given:
    stg_order:
      - { order_id: 1, status: PAID }
      - { order_id: 2, status: PAID }
  expect:
    - { status: PAID, order_count: 2 }
`,
    [select.replace(".sql", ".ts")]: `import { defineModel } from "stardeck";
export default defineModel({ affectedBy: { orders: "select status from changed" } });
`,
    // Reads a line of the terminal, as editors do, and saves what the story has prepared.
    editor: `#!/bin/sh
echo "editing $(basename "$1") and $(basename "$2")"
read -r answer
test "$answer" = save && cp next.sql "$1" && exit 0
test "$answer" = remove && rm "$@" && exit 0
exit 3
`,
};

/** The lines of earlier editors stay on the normal screen, and a line follows the `^C` that ended the editor before. */
function countEditors(screen: readonly string[]): number {
    return screen.filter((row) => /^(\^C)?editing mart_status\.sql and mart_status\.test\.yml/.test(row)).length;
}

async function prepare({
    workingFolder,
    flags,
    settings,
}: Stage): Promise<(path: string, text: string) => Promise<void>> {
    const write = async (path: string, text: string): Promise<void> => {
        await mkdir(dirname(join(workingFolder, path)), { recursive: true });
        await writeFile(join(workingFolder, path), text);
    };
    for (const [path, text] of Object.entries(files)) {
        await write(path, text);
    }
    await chmod(join(workingFolder, "editor"), 0o755);
    await openDatabase(settings, async (database) => {
        await database.query(
            `create schema raw;
            create table raw.orders (id int, status text, amount numeric, modified_at timestamp);
            insert into raw.orders values (1, 'PAID', 5, '2025-01-01'), (2, 'PLACED', 7, '2025-01-01')`,
        );
    });
    for (const command of ["migrate", "build"]) {
        expect(await runStardeck({ workingFolder, flags }, [command])).toMatchObject({ exitCode: 0 });
    }
    return write;
}

story(
    "edits a model, sees what is wrong with it, what it gives and changes, migrates and builds",
    { template: "empty", databases: ["embedded", "server"] },
    async (stage) => {
        const write = await prepare(stage);
        const terminal = await stage.open([], { environment: { EDITOR: "./editor" } });
        await terminal.waitFor("1 Home");
        terminal.press("2");
        await terminal.waitFor("2 models, 1 source");
        terminal.press("/");
        terminal.type("mart_status");
        await terminal.waitFor(/mart_status +ok/);
        terminal.press("enter", "G");

        // The terminal is the editor's: what is typed there is no key of ours.
        let editors = 0;
        const edit = async (next: string, key: string): Promise<void> => {
            await write("next.sql", next);
            terminal.press(key);
            editors++;
            await terminal.waitFor((screen) => countEditors(screen) === editors);
            terminal.type("save");
            terminal.press("enter");
            await terminal.waitFor("mart_status as its files have it");
        };
        await edit(makeMart("count(*)::int as order_count, summ(amount) as total"), "E");
        await terminal.waitFor(/mart_status\.sql:4: /);
        await terminal.waitFor(/4 │ select status, .*\n.* +\^/);

        await edit(makeMart("count(*)::int as order_count, sum(amount) * 2 as total, max(order_id) as last_id"), "E");
        await terminal.waitFor("Beside what is published: 0 only now, 0 only then, 2 different, 0 equal.");
        await terminal.waitFor("Column new: last_id");
        await terminal.waitFor("✓ passed  counts_orders");
        terminal.press("d");
        await terminal.waitFor("mart_status: what its files change");
        await terminal.waitFor(/changed +PAID +5 +10/);
        terminal.press("esc");
        await terminal.waitFor("[2 Models]");
        await edit(makeMart("count(*)::int as order_count, sum(amount) * 2 as total, max(order_id) as last_id"), "E");
        await terminal.waitFor("✓ passed  counts_orders");
        terminal.press("end");
        await terminal.waitFor("The next build computes 1 table whole");
        terminal.press("m");
        await terminal.waitFor("Ran 1 migration: b builds what it changed.");
        await terminal.waitFor("Nothing to migrate: the database holds what the files say.");
        terminal.press("b");
        await terminal.waitFor("mart_status with downstream");
        terminal.press("b");
        await terminal.waitFor("Plan: build mart_status");
        await terminal.waitFor("⏎ start");
        terminal.press("enter");
        await terminal.waitFor(/✓ mart_status +ok/);

        // What takes a column away from readers is asked for.
        terminal.press("2");
        await edit(makeMart("count(*)::int as order_count"), "E");
        await terminal.waitFor("Columns gone: total, last_id");
        terminal.press("m");
        await terminal.waitFor("Migrate?");
        await terminal.waitFor(/mart_status: .*total/);
        expect(terminal.screen().join("\n")).not.toContain("Migrating");
        terminal.press("enter");
        await terminal.waitFor("Ran 1 migration: b builds what it changed.");
        terminal.press("esc");
        await terminal.waitFor((screen) => !screen.join("\n").includes("as its files have it"));
        // Models was left for the build and come back to: `q` goes the same way back.
        terminal.press("q");
        await terminal.waitFor("[3 Build]");
        terminal.press("q");
        await terminal.waitFor("[1 Home]");
        terminal.press("q");
        expect(await terminal.exit()).toBe(0);

        // What was changed without the interface is shown at the next start, mistakes too, and migrated when asked.
        await write(select, makeMart("count(*)::int as order_count, summ(amount) as total"));
        const next = await stage.open([]);
        await next.waitFor("What the project's files change");
        await next.waitFor(/mart_status\.sql:4: /);
        await write(select, makeMart("count(*)::int as order_count, sum(amount) as total"));
        next.press("r");
        await next.waitFor("m migrates:");
        await next.waitFor("+ total numeric");
        next.press("m");
        await next.waitFor("Ran 1 migration: b builds what it changed.");
        next.press("esc");
        await next.waitFor((screen) => !screen.join("\n").includes("What the project's files change"));
        next.press("q");
        expect(await next.exit()).toBe(0);

        // A colleague has no project: a server's warehouse is looked at as it is.
        if (stage.settings.database.kind === "server") {
            await rm(join(stage.workingFolder, "stardeck.config.ts"));
            const colleague = await stage.open([], { timeoutMs: 60_000 });
            await colleague.waitFor("mart_status");
            colleague.press("q");
            expect(await colleague.exit()).toBe(0);
        }
    },
);

story(
    "says what keeps a model from being edited",
    { template: "empty", databases: ["embedded", "server"] },
    async (stage) => {
        await prepare(stage);
        const open = async (environment: Readonly<Record<string, string>>): ReturnType<Stage["open"]> => {
            const terminal = await stage.open([], { environment });
            await terminal.waitFor("1 Home");
            terminal.press("2");
            await terminal.waitFor("2 models, 1 source");
            terminal.press("/");
            terminal.type("mart_status");
            await terminal.waitFor(/mart_status +ok/);
            terminal.press("enter", "G", "E");
            return terminal;
        };
        const leave = async (terminal: Awaited<ReturnType<Stage["open"]>>): Promise<void> => {
            terminal.press("ctrl-c", "ctrl-c");
            await terminal.exit();
        };

        const without = await open({});
        await without.waitFor("Neither VISUAL nor EDITOR is set");
        await leave(without);

        const missing = await open({ VISUAL: "no-such-editor --wait", EDITOR: "./editor" });
        await missing.waitFor("There is no program to run as `no-such-editor --wait`");
        await leave(missing);

        const terminal = await open({ EDITOR: "./editor" });
        const waitForEditor = (count: number): Promise<void> =>
            terminal.waitFor((screen) => countEditors(screen) === count);
        await waitForEditor(1);
        terminal.press("enter");
        await terminal.waitFor("The editor `./editor` ended with code 3: the files are as it left them.");
        // Ctrl-C in the editor ends the editor alone.
        terminal.press("E");
        await waitForEditor(2);
        terminal.press("ctrl-c");
        await terminal.waitFor(/The editor `\.\/editor` was ended by .*: the files are as it left them\./);

        terminal.press("E");
        await waitForEditor(3);
        terminal.type("remove");
        terminal.press("enter");
        await terminal.waitFor("The files have no model mart_status any more.");
        await terminal.waitFor(/- mart_status \(table in marts\)/);
        terminal.press("esc");
        await terminal.waitFor((screen) => !screen.join("\n").includes("as its files have it"));
        terminal.press("E");
        await terminal.waitFor("There is no file of mart_status in");
        await leave(terminal);
    },
);
