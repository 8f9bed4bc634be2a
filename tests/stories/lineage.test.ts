import { expect } from "vitest";
import { story } from "./story.js";

story(
    "walks the lineage, re-roots, reads columns and plans a build from there",
    {
        sizes: [
            [80, 24],
            [120, 40],
        ],
        isReader: true,
    },
    async ({ open, columns }) => {
        const terminal = await open();
        await terminal.waitFor(/^ \? help/m);
        // From the second start on what was in the middle is there again.
        terminal.press("6", "a");
        await terminal.waitFor("Lineage of everything   18 models from 11 sources");
        terminal.press("/");
        await terminal.waitFor("Go to");
        terminal.type("fct_orders");
        await terminal.waitFor(/^▌[!✓] .*fct_orders +warehouse table/m);
        terminal.press("enter", "enter");
        await terminal.waitFor(/Lineage of fct_orders {3}made from 3, \d+ in all {3}needed by 2, 3 in all/);
        terminal.press("l");
        await terminal.waitFor(/^▌[!✓] ├─ fct_order_items/m);
        terminal.press("j");
        await terminal.waitFor(/^▌[!✓] └─ mart_weekly_fulfilment/m);
        terminal.press("h", "h");
        await terminal.waitFor(/^▌[!✓] ├─ int_orders/m);
        terminal.press("tab");
        await terminal.waitFor(/▌order_id +integer +fct_orders/);
        await terminal.waitFor(/Read by .*fct_orders/);
        // A column back to its landing table, and on to what is made of it.
        terminal.press("h");
        await terminal.waitFor(/▌order_id +\S+ +int_orders/);
        terminal.press("h");
        await terminal.waitFor(/▌id +integer +stg_order/);
        terminal.press("h");
        await terminal.waitFor("id is a column of a landing table: nothing comes before it.");
        terminal.press("l");
        await terminal.waitFor(/▌order_id +\S+ +int_orders/);
        terminal.press("l");
        await terminal.waitFor(/▌order_id +integer +fct_orders/);
        terminal.press("enter");
        await terminal.waitFor(/^▌[!✓] fct_orders/m);
        terminal.press("h", "enter");
        await terminal.waitFor(/Lineage of int_orders {3}made from 1, 2 in all/);
        expect(terminal.screen().some((row) => /│ +int_orders/.test(row))).toBe(columns >= 100);
        terminal.press("B");
        await terminal.waitFor("Plan: build int_orders+");
        await terminal.waitFor("Nothing to do");
        terminal.press("esc");
        await terminal.waitFor((screen) => !screen.join().includes("Plan:"));
        terminal.press("esc");
        await terminal.waitFor("Lineage of fct_orders");
        terminal.press("v");
        await terminal.waitFor("prep.int_orders");
    },
);
