import { expect } from "vitest";
import { story } from "./story.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

story(
    "looks into a model: columns, SQL, tests, lineage and runs",
    { sizes, isReader: true },
    async ({ open, columns }) => {
        const terminal = await open();
        await terminal.waitFor("1 Home");
        terminal.press("2");
        await terminal.waitFor(/18 models, 11 sources {3}\d+ to look at/);
        await terminal.waitFor(/ ✓ orderitem +found .*table/);

        terminal.press("/");
        terminal.type("order_it");
        await terminal.waitFor(/only with "order_it" +esc shows all/);
        await terminal.waitFor(/! fct_order_items +warn +fresh +19\/21 !/);
        expect(terminal.screen().some((row) => row.includes("stg_product"))).toBe(false);
        terminal.press("enter", "G");

        if (columns < 100) {
            terminal.press("enter");
        }
        // Beside the list, where there is room, it is there without being asked for.
        await terminal.waitFor("warehouse.fct_order_items");
        await terminal.waitFor(/\[overview\] sql +tests +lineage +runs +updates/);
        await terminal.waitFor(/entity +order_id: its rows are rebuilt/);
        await terminal.waitFor("15 columns");

        terminal.press("o");
        await terminal.waitFor(/overview +\[sql\] tests/);
        await terminal.waitFor("from prep.int_order_items");
        terminal.press("/");
        terminal.type("left join");
        terminal.press("enter");
        await terminal.waitFor("left join products");

        terminal.press("]");
        await terminal.waitFor(/! warn +recorded_price_is_positive +\d+ rows/);
        await terminal.waitFor(/✓ held +unique\.order_item_id/);

        terminal.press("]");
        await terminal.waitFor(/made from 3 relations, \d+ in all/);
        terminal.press("down", "enter");
        await terminal.waitFor("prep.int_order_items");

        terminal.press("]", "]");
        await terminal.waitFor(/\[updates\]/);
        await terminal.waitFor(/is rebuilt by \S+\.|is rebuilt whole/);
        terminal.press("[");
        await terminal.waitFor(/#1 +✓ ok .*\+\d/);
        terminal.press("enter");
        await terminal.waitFor("[3 Build]");
        await terminal.waitFor("Build #1");
        terminal.press("esc");
        await terminal.waitFor(/lineage +\[runs\]/);
    },
);

story(
    "narrows the models to what needs a look, and plans a build from there",
    { sizes: [[80, 24]], isReader: true },
    async ({ open }) => {
        const terminal = await open();
        await terminal.waitFor("1 Home");
        terminal.press("2");
        await terminal.waitFor(/18 models, 11 sources/);
        terminal.press("!");
        await terminal.waitFor(/only what failed, warned or is stale +esc shows all/);
        await terminal.waitFor(/! dim_customer +warn +fresh/);
        terminal.press("G");
        await terminal.waitFor(/▌! fct_order_items/);
        terminal.press("o");
        await terminal.waitFor("with order_items as (");
        terminal.press("esc");
        await terminal.waitFor(/▌! fct_order_items/);
        terminal.press("B");
        await terminal.waitFor("Plan: build fct_order_items+");
        terminal.press("esc");
        await terminal.waitFor((screen) => !screen.join("\n").includes("Plan:"));
        terminal.press("esc");
        await terminal.waitFor(/✓ fct_orders +ok/);
    },
);
