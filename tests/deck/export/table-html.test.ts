import { describe, expect, it } from "vitest";
import { buildTableHtml, type HtmlColumn } from "../../../src/deck/export/table-html.js";

function column(title: string, ...texts: readonly string[]): HtmlColumn {
    return { title, align: "left", cells: texts.map((text) => ({ text })) };
}

describe("buildTableHtml", () => {
    it("keeps short texts on one line, breaks sentences between words, and only a very long word within", () => {
        const sentence = "Customers who ordered or clicked and whose record was never extracted.";
        const html = buildTableHtml([column("model", "customer", sentence, "x".repeat(60)), column("rows", "59,080")]);
        expect([...html.matchAll(/<td class="([^"]*)">([^<]*)/g)].map(([, name, text]) => [name, text])).toEqual([
            ["left", "customer"],
            ["left", "59,080"],
            ["left words", sentence],
            ["left", ""],
            ["left anywhere", "x".repeat(60)],
            ["left", ""],
        ]);
    });

    it("leaves out columns from the right for which a page has no room, and names them", () => {
        const wide = ["a", "b", "c", "d", "e"].map((title) => column(title, "y".repeat(32)));
        const html = buildTableHtml(wide, "1 row");
        expect([...html.matchAll(/<th class="left">(\w)/g)].map(([, title]) => title)).toEqual(["a", "b", "c", "d"]);
        expect(html).toContain('<p class="dim">1 row<br>No room for e.</p>');
        expect(html).toContain('<table class="small">');
        expect(buildTableHtml(wide.slice(0, 3))).toContain("<table><thead>");
    });

    it("escapes titles, cells and captions", () => {
        const html = buildTableHtml([column("<b>", "<i>")], "<u>");
        expect(html).not.toMatch(/<[biu]>/);
    });
});
