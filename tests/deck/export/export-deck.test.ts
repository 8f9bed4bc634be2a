import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { exportDeck } from "../../../src/deck/export/export-deck.js";
import { loadDeck, shippedDeckFolder } from "../../../src/deck/load-deck.js";
import { describeOnBothDatabases, describeOnEmbedded } from "../../setup/databases.js";
import { findBrowserOrNull, noBrowser } from "../../setup/browser.js";
import { describeWhere } from "../../setup/describe-where.js";

const browser = findBrowserOrNull();
const options = { readAt: new Date("2025-03-03T06:30:00Z"), signal: new AbortController().signal };

/** Acts in a page or leaves its cell if anything of it is taken for more than text. */
const hostile = `<script>document.title = "taken"</script><img src=x onerror="document.title='taken'">'"&\u001b[31m`;

async function makeFolder(): Promise<string> {
    return mkdtemp(join(inject("runFolder"), "export-"));
}

describeOnBothDatabases("the page of the shipped deck", { template: "built" }, (database) => {
    it("holds every slide, and not one block that could not be read", async () => {
        const file = join(await makeFolder(), "deck.html");
        const deck = await loadDeck(shippedDeckFolder);
        await exportDeck(deck, database.connected, file, options);
        const html = await readFile(file, "utf8");
        const titles = [...html.matchAll(/<section class="[a-z ]+" aria-label="([^"]*)">/g)].map(([, title]) => title);
        expect(titles).toEqual(deck.slides.map(({ title }) => title));
        expect(html.match(/<p class="failed">.*?<\/p>/g) ?? []).toEqual([]);
        expect(html.match(/<figure class="chart">/g)).toHaveLength(3);
        expect(html.match(/<figure class="graph">/g)).toHaveLength(2);
        expect(html.match(/<footer><span>[^<]*<\/span><span>[^<]*<\/span><\/footer>/g)?.[1]).toBe(
            `<footer><span>stardeck · read from the warehouse on 2025-03-03 at 06:30 UTC</span><span>2 / ${deck.slides.length}</span></footer>`,
        );
        expect(html).not.toMatch(/\b(src|href)=["']?(https?:)?\/\//);
    });
});

describeOnEmbedded("a page of the export", { template: "empty" }, (database) => {
    it("says what is wrong with a slide in its place, and shows the others", async () => {
        const folder = await makeFolder();
        await writeFile(
            join(folder, "1.md"),
            "# One\n\n```qeury\nselect 1\n```\n\n---\n\n## Two\n\n```query\nselect 1 as\n```\n\n---\n\n## Three\n\nText.\n",
        );
        const file = join(folder, "deck.html");
        await exportDeck(await loadDeck(folder), database.connected, file, options);
        const html = await readFile(file, "utf8");
        expect(html.match(/<p class="failed">.*?<\/p>/g)).toEqual([
            '<p class="failed">There is no block &quot;qeury&quot;. 1.md, line 3. Did you mean query?</p>',
            '<p class="failed">syntax error at end of input The query of 1.md, line 11.</p>',
        ]);
        expect(html).toContain("<p>Text.</p>");
    });

    it("leaves nothing where it cannot be written", async () => {
        const folder = await makeFolder();
        await writeFile(join(folder, "1.md"), "# One\n");
        const file = join(folder, "missing", "deck.html");
        await expect(exportDeck(await loadDeck(folder), database.connected, file, options)).rejects.toMatchObject({
            message: `There is no folder ${join(folder, "missing")}.`,
        });
        expect(await readdir(folder)).toEqual(["1.md"]);
    });

    describeWhere(browser !== null, "in a browser", noBrowser, () => {
        const opened: { page?: Page; close?: () => Promise<void> } = {};
        const heard: string[] = [];

        beforeAll(async () => {
            const folder = await makeFolder();
            const quoted = hostile.replaceAll("'", "''").replace("\u001b", "' || chr(27) || '");
            await writeFile(
                join(folder, "1.md"),
                `# One ${hostile}\n\n\`\`\`table\nselect '${quoted}' as text\n\`\`\`\n\n---\n\n## Two\n\n` +
                    "```chart\nselect name, size from (values ('a', 3), ('b', 5), ('c', -1)) as bars (name, size)\n```\n\n---\n\n" +
                    "## Three\n\n```table\nrows: 40\nselect n from generate_series(1, 40) as n\n```\n",
            );
            const file = join(folder, "deck.html");
            await exportDeck(await loadDeck(folder), database.connected, file, options);
            const program = await chromium.launch({
                executablePath: browser ?? "",
                args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
            });
            opened.close = () => program.close();
            const page = await program.newPage({ viewport: { width: 1000, height: 700 } });
            page.on("console", (message) => heard.push(`console: ${message.text()}`));
            page.on("pageerror", (error) => heard.push(`error: ${error.message}`));
            page.on("request", (request) => heard.push(`request: ${request.url().replace(/.*\//, "")}`));
            await page.goto(pathToFileURL(file).href);
            opened.page = page;
        });
        afterAll(() => opened.close?.());

        function page(): Page {
            if (opened.page === undefined) {
                throw new Error("The page is open while the tests run.");
            }
            return opened.page;
        }

        it("shows all slides without asking for anything else and without an error", async () => {
            expect(await page().locator(".slide").count()).toBe(3);
            expect(await page().locator("figure svg rect").count()).toBe(3);
            expect(heard).toEqual(["request: deck.html"]);
        });

        it("shows what stands in a cell as text that does nothing", async () => {
            expect(await page().locator("td").first().innerText()).toBe(hostile.replace("\u001b", "␛"));
            expect(await page().locator("body script").count()).toBe(1);
            expect(await page().title()).not.toBe("taken");
        });

        it("prints each slide on a landscape page of its own, and goes on with a long table below its head", async () => {
            const pdf = (await page().pdf({ preferCSSPageSize: true })).toString("latin1");
            // In points; the numbers of a page are not compressed.
            const sizes = [...pdf.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, ...size]) =>
                size.map(Number),
            );
            expect(sizes.length).toBe(4);
            expect(sizes.every(([width = 0, height = 0]) => width > height)).toBe(true);
        });

        it("goes from slide to slide by the keys of a clicker", async () => {
            const inView = async (): Promise<number> =>
                Number(
                    await page().evaluate(
                        "[...document.querySelectorAll('.slide')].findIndex((slide) => Math.abs(slide.getBoundingClientRect().top) < 2)",
                    ),
                );
            const seen: number[] = [];
            for (const key of ["PageDown", "Space", "ArrowLeft", "Home", "End"]) {
                await page().keyboard.press(key);
                seen.push(await inView());
            }
            expect(seen).toEqual([1, 2, 1, 0, 2]);
        });
    });
});
