import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { quoteIdentifier, quoteLiteral } from "../../src/sql/identifiers.js";
import { describeOnBothDatabases, type TestDatabase } from "../setup/databases.js";
import { openTerminal } from "../stories/open-terminal.js";
import { runStardeck } from "./run-stardeck.js";

/** What a terminal would obey, and what a person would not see. */
const acts =
    // eslint-disable-next-line no-control-regex -- they are what must not arrive
    /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

const titles = "\x1b]0;title\x07\x1b[31m\x1bc\x1b[2J\x1bP+q\x1b\\";
const c1 = "\x9b31m\x9d0;title\x9c\x85";
const unseen = "\u202egnp.\u202c\u2066x\u2069\u200b\ufeff\u2028";
const hostile = `a${titles}${c1}${unseen}\r\n\t\x08\x7fz`;
/** As a name in PostgreSQL, which has at most 63 bytes. */
const hostileName = "a\x1b[31m\x9b2J\u202eb\r\nc\x07";
const long = `${hostile}${"long ".repeat(2_000)}`;

/** Writes the hostile text wherever commands find text to print. */
async function plant({ connected }: TestDatabase): Promise<void> {
    const told = ["description", "message", "selection", "started_by", "grain", "hint", "reason"];
    const { rows: columns } = await connected.query<{ name: string; column: string }>(
        `select table_name as name, column_name as "column" from information_schema.columns
        join information_schema.tables using (table_schema, table_name)
        where table_schema = 'ops' and table_type = 'BASE TABLE' and data_type = 'text' and column_name = any($1)`,
        [told],
    );
    expect(columns.length).toBeGreaterThan(5);
    for (const { name, column } of columns) {
        await connected.query(`update ops.${name} set ${column} = coalesce(${column}, '') || $1`, [long]);
    }
    const name = quoteIdentifier(hostileName);
    await connected.query(`comment on table marts.mart_weekly_discounts is ${quoteLiteral(hostile)}`);
    await connected.query(`comment on column marts.mart_weekly_discounts.item_count is ${quoteLiteral(hostile)}`);
    await connected.query(`create table prep.${name} (${name} text)`);
    await connected.query(`create schema ${name}`);
    await connected.query(`create view ${name}.${name} as select 1 as ${name}`);
    await connected.query("create schema hostile");
    await connected.query(`create table hostile.texts (${name} text, other json)`);
    await connected.query("insert into hostile.texts values ($1, to_json($1::text))", [long]);
}

const selectTexts = "select * from hostile.texts";
const commands: readonly (readonly string[])[] = [
    ["ls"],
    ["ls", "--select", hostile],
    ["history"],
    ["history", "1"],
    ["history", hostile],
    ["lineage", "mart_weekly_discounts"],
    ["lineage", hostile],
    ["show", hostile],
    ["show", "mart_weekly_discounts", "--columns", hostile],
    ["show", "mart_weekly_discounts", "--where", hostile],
    ["show", "mart_weekly_discounts", "--format", hostile],
    ["query", selectTexts],
    ["query", `select ${quoteIdentifier(hostileName)} from nowhere`],
    ["query", `select ${quoteLiteral(hostile)}::integer`],
    ["query", `select ${hostile}`],
    ["query", "--file", hostile],
    ["debug"],
    ["migrate", "--status"],
    ["build", "--dry-run"],
    ["build", "--dry-run", "--select", hostile],
    ["test", "--select", "dim_date"],
    ["verify", "--select", "dim_date"],
    ["seed", "--days", hostile],
    ["seed", "--through", hostile],
    ["demo", "--deck", hostile],
    ["demo", "--deck", "deck"],
    ["demo", "--deck", "deck", "--export", join(hostile, "x.html")],
    [hostile],
    [`--${hostile}`],
    ["build", `--${hostile}`],
    ["migrate", "--rollback", "--all"],
];

/** Only data in a format for programs may pass as they are, where no terminal is. */
const rawFormats = ["csv"];

describeOnBothDatabases("texts that would act on a terminal", { template: "built" }, (test) => {
    beforeAll(async () => {
        await plant(test);
        await mkdir(join(test.workingFolder, "deck"));
        const slides = [`# A${hostile}`, `\`\`\`${hostile}\n\`\`\``, `\`\`\`table\n${hostile}: x\n\`\`\``];
        await writeFile(join(test.workingFolder, "deck", "1\x1b[31m\u202e.md"), slides.join("\n---\n"));
        await writeFile(join(test.workingFolder, "deck", "2.md"), `\`\`\`query\n${selectTexts}\n\`\`\`\n`);
    });

    it.each(commands.map((words) => ({ words, name: words.join(" ").replaceAll(/[^ -~]+/g, "…") })))(
        "do not get out of `$name`",
        async ({ words }) => {
            for (const more of [[], ["--json"]]) {
                const { stdout, stderr } = await runStardeck(test, [...words, ...more]);
                expect([acts.exec(stdout), acts.exec(stderr)]).toEqual([null, null]);
                expect(stdout + stderr).not.toBe("");
            }
        },
    );

    it.each(["table", "csv", "json", "jsonl"])("do not reach a terminal as rows in %s", async (format) => {
        const words = ["query", selectTexts, "--format", format, "--no-color"];
        const terminal = await openTerminal({
            workingFolder: test.workingFolder,
            arguments: [...words, ...test.flags],
        });
        try {
            expect(await terminal.exit()).toBe(0);
            // The terminal's own line ends.
            expect(acts.exec(terminal.bytes().replaceAll("\r\n", "\n"))).toBe(null);
            expect(terminal.bytes()).toContain("other");
        } finally {
            await terminal.close();
        }
        const piped = await runStardeck(test, words);
        expect(acts.test(piped.stdout)).toBe(rawFormats.includes(format));
    });

    it("do not get out of a build that fails", async () => {
        await test.connected.query(
            `create function hostile.fail() returns trigger language plpgsql as ${quoteLiteral(
                `begin raise exception ${quoteLiteral(hostile)} using hint = ${quoteLiteral(hostile)}, detail = ${quoteLiteral(hostile)}; end`,
            )}`,
        );
        await test.connected.query(
            "create trigger fail before insert on warehouse.dim_date execute function hostile.fail()",
        );
        for (const command of [["build", "--select", "dim_date", "--full-refresh"], ["retry"], ["history"]]) {
            for (const more of [[], ["--json"]]) {
                const { stdout, stderr } = await runStardeck(test, [...command, ...more]);
                expect([acts.exec(stdout), acts.exec(stderr)]).toEqual([null, null]);
            }
        }
    });
});
