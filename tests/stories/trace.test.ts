import { expect } from "vitest";
import { story } from "./story.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

story(
    "follows a row that fails a data test down to its landing rows, and comes back, by what the footer says",
    { sizes, isReader: true },
    async ({ open }) => {
        const terminal = await open();
        await terminal.waitFor(/^ \? help/m);
        terminal.press("4");
        await terminal.waitFor(/^ \? help {2}⏎ failing rows/m);
        terminal.press("/");
        await terminal.waitFor("Tests with");
        terminal.type("recorded_price");
        terminal.press("enter");
        await terminal.waitFor(/^▌! warn +[\d,]+ fct_order_items\.recorded_pri/m);
        terminal.press("enter");
        await terminal.waitFor("rows that fail fct_order_items.recorded_price_is_positive");
        await terminal.waitFor(/^▌ *\d+/m);
        await terminal.waitFor(/^ \? help {2}⏎ upstream {2}esc back/m);
        const at = terminal.screen().findIndex((row) => row.startsWith("▌"));
        const [id = ""] = /\d+/.exec(terminal.screen()[at + 2] ?? "") ?? [];
        terminal.press("down", "down");
        await terminal.waitFor(new RegExp(`^▌ *${id}\\b`, "m"));
        terminal.press("enter");
        await terminal.waitFor(`prep.int_order_items   rows with order_item_id = ${id}   1 row`);
        await terminal.waitFor("[int_order_items] dim_product");
        terminal.press("]");
        await terminal.waitFor(/warehouse\.dim_product {3}rows with product_key = -?\d+ {3}1 row/);
        terminal.press("[");
        await terminal.waitFor(new RegExp(`^▌ *${id} `, "m"));
        terminal.press("enter");
        await terminal.waitFor(`prep.stg_order_item   rows with order_item_id = ${id}`);
        await terminal.waitFor(/^▌/m);
        terminal.press("enter");
        await terminal.waitFor(`staging.orderitem   landing rows with id = ${id}`);
        await terminal.waitFor(/^ \? help {2}⏎ whole row {2}esc back/m);
        terminal.press("T");
        await terminal.waitFor("trace: these are landing rows: nothing comes before them.");
        terminal.press("enter");
        await terminal.waitFor(new RegExp(`│.*\\bid +${id}`));
        for (const before of [
            "⏎ whole row",
            " prep.stg_order_item   ",
            " prep.int_order_items   ",
            " query   rows that fail",
        ]) {
            terminal.press("esc");
            await terminal.waitFor(before);
        }
        expect(terminal.screen().some((row) => new RegExp(`^▌ *${id}\\b`).test(row))).toBe(true);
        terminal.press("esc");
        await terminal.waitFor(/^▌! warn +[\d,]+ fct_order_items\.recorded_pri/m);
        terminal.press("tab");
        await terminal.waitFor(/^.*▌#1 +! warn +[\d,]+ rows .* kept/m);
    },
);

story(
    "draws the lineage as a graph where there is room, and walks it",
    { sizes: [[200, 60]], isReader: true },
    async ({ open }) => {
        const terminal = await open();
        await terminal.waitFor(/^ \? help/m);
        terminal.press("6");
        await terminal.waitFor("Lineage of everything");
        await terminal.waitFor(/┤ [!✓] stg_order_item +├─/);
        terminal.press("/");
        await terminal.waitFor("Go to");
        terminal.type("fct_orders");
        terminal.press("enter");
        await terminal.waitFor(/▌ [!✓] fct_orders +├─/);
        terminal.press("h");
        await terminal.waitFor(/▌ [!✓] (int_orders|dim_date) /);
        terminal.press("l", "enter");
        await terminal.waitFor(/Lineage of fct_orders {3}made from 3/);
        terminal.press("d");
        await terminal.waitFor(/^▌[!✓] fct_orders +warehouse table/m);
    },
);
