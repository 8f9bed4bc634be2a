import { beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../src/database/database.js";
import { exportRows, type ExportFormat } from "../../src/browse/export-rows.js";
import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import { makeRowsText } from "../../src/text/format-rows.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { createSampleRows, openSample, openView, sampleRelations } from "./sample-rows.js";

const never = new AbortController().signal;

async function writeAll(database: Database, view: GridView, format: ExportFormat): Promise<string> {
    const parts: string[] = [];
    const rows = await exportRows(
        database,
        view,
        format,
        (text) => {
            parts.push(text);
            return Promise.resolve();
        },
        { signal: never },
    );
    const text = parts.join("");
    expect(text.split("\n").filter((line) => line.startsWith("{"))).toHaveLength(format.startsWith("json") ? rows : 0);
    return text;
}

describeOnBothDatabases("exportRows", (database) => {
    beforeAll(async () => {
        await createSampleRows(database.connected);
        await database.connected.query(
            `create table sample.long as
            select number, repeat(chr(97 + number % 26), 400000) as text from generate_series(1, 30) as number`,
        );
    });

    it.each(sampleRelations)("writes all of %s, whole values in the order of the grid", async (name) => {
        const relation = await openSample(database.connected, name);
        const view: GridView = {
            ...makeGridView(relation),
            columns: ["label", "is_open", "ratio", "code", "amount", "seen_at"],
            where: "code < 4",
            sorts: [
                { column: "label", descending: true },
                { column: "ratio", descending: false },
            ],
        };
        const { source } = relation;
        const from = source.from === "query" ? `(${source.sql}) as result` : `sample.${name}`;
        const whole = await database.connected.withTransaction((connection) =>
            connection.queryText(
                `select ${view.columns.join(", ")} from ${from} where code < 4 order by label desc nulls last, ratio`,
            ),
        );
        const text = makeRowsText("jsonl", whole.fields);
        const expected = (text.page(whole.rows) + text.end()).split("\n");
        const lines = (await writeAll(database.connected, view, "jsonl")).split("\n");
        expect(lines.toSorted()).toEqual(expected.toSorted());
        const sorts = (line: string): string =>
            /^\{"label":.*?,"ratio":[^,]*/.exec(line)?.[0].replace(/"is_.*?,/, "") ?? "";
        expect(lines.map(sorts)).toEqual(expected.map(sorts));
    });

    it("writes rows that nobody has sorted as the query gives them", async () => {
        const view = makeGridView(await openSample(database.connected, "query"));
        const { rows } = await database.connected.withTransaction((connection) =>
            connection.queryText("select number from sample.keyed order by label desc, number % 7, region"),
        );
        const csv = await writeAll(database.connected, { ...view, columns: ["number"] }, "csv");
        expect(csv).toBe(["number", ...rows.map(([number]) => number), ""].join("\r\n"));
    });

    it("writes a head and an end also without rows", async () => {
        const view = {
            ...makeGridView(await openSample(database.connected, "keyed")),
            where: "false",
            columns: ["code"],
        };
        expect(await writeAll(database.connected, view, "csv")).toBe("code\r\n");
        expect(await writeAll(database.connected, view, "json")).toBe("[\n]\n");
    });

    it("keeps few rows at a time when they are long, and says how far it is", async () => {
        const view = await openView(database.connected, "sample", "long");
        const seen: { rows: number; characters: number }[] = [];
        const lengths: number[] = [];
        const options = {
            signal: never,
            onProgress: (written: { rows: number; characters: number }) => seen.push(written),
        };
        const write = (text: string): Promise<void> => {
            lengths.push(text.length);
            return Promise.resolve();
        };
        expect(await exportRows(database.connected, view, "csv", write, options)).toBe(30);
        const written = "number,text\r\n".length + 9 * "1,\r\n".length + 21 * "10,\r\n".length + 30 * 400_000;
        expect(seen.at(-1)).toEqual({ rows: 30, characters: written });
        // The first rows tell how long they are.
        expect(Math.max(...lengths.slice(1))).toBeLessThan(1_000_000);
    });

    describe("when it is given up", () => {
        it("stops between two writes", async () => {
            const stop = new AbortController();
            const view = makeGridView(await openSample(database.connected, "keyed"));
            let writes = 0;
            const write = (): Promise<void> => {
                writes += 1;
                stop.abort();
                return Promise.resolve();
            };
            await expect(
                exportRows(database.connected, view, "csv", write, { signal: stop.signal }),
            ).rejects.toMatchObject({ code: "interrupted" });
            expect(writes).toBe(1);
            // The database is free for others.
            expect((await database.connected.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
        });

        it("stops the statement", async () => {
            const stop = new AbortController();
            const view = {
                ...makeGridView(await openSample(database.connected, "query")),
                where: "pg_sleep(1) is not null",
            };
            const exporting = exportRows(database.connected, view, "csv", () => Promise.resolve(), {
                signal: stop.signal,
            });
            setImmediate(() => {
                stop.abort();
            });
            await expect(exporting).rejects.toMatchObject({ code: "interrupted" });
        });
    });
});
