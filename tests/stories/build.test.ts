import { expect } from "vitest";
import type { Database } from "../../src/database/database.js";
import { runBuild } from "../../src/engine/build.js";
import { openDatabase } from "../setup/databases.js";
import { story, type Stage } from "./story.js";

/** For what a machine that does other things as well takes its time for. */
const patient = { timeoutMs: 60_000 };

/** A product and a line of an order that no model has read; the product's model would take a minute, the order lines' audit fails. */
async function landTrouble(database: Database): Promise<void> {
    await database.query(
        `insert into staging.product (id, name, "EAN", price, published, modified_at)
        values (90001, 'Lamp', '4012345678901', 12.5, true, now())`,
    );
    await database.query(
        `insert into staging.orderitem (id, "order", product, quantity, price, modified_at)
        select 900001, order_id, product_id, 2, 12.5, now()
        from warehouse.fct_order_items
        where list_price is not null
        order by order_item_id
        limit 1`,
    );
    await database.query(
        `create function public.take_a_minute() returns trigger language plpgsql as
            'begin while clock_timestamp() < now() + interval ''1 minute'' loop perform 1; end loop; return null; end';
        create trigger take_a_minute after insert on warehouse.dim_product execute function public.take_a_minute();
        create function public.spoil() returns trigger language plpgsql as
            'begin new.net_amount := -1; return new; end';
        create trigger spoil before insert on warehouse.fct_order_items for each row execute function public.spoil()`,
    );
}

async function tell({ open, settings, kind }: Stage): Promise<void> {
    await openDatabase(settings, landTrouble);
    const terminal = await open([], patient);
    await terminal.waitFor(/^ \? help/m);
    terminal.press("3");
    await terminal.waitFor(/Build #1 .*ok/);

    // What to build, the plan with its reasons, and the build.
    terminal.press("b");
    for (const choice of [
        "everything",
        "stale",
        "failed, skipped",
        "with downstream",
        "with what is stale above it",
        "full refresh",
    ]) {
        await terminal.waitFor(choice);
    }
    terminal.press("s");
    await terminal.waitFor("Plan: build state:stale");
    await terminal.waitFor(/dim_product .*│ .*product/);
    terminal.press("enter");

    // One model that does not end is given up; the rest goes on, and so do the other screens.
    await terminal.waitFor(/▌~ dim_product +run/);
    terminal.press("7");
    await terminal.waitFor("[7 History]");
    // The server's database is a copy: nothing proves that its other sources are as they were, so they are looked at too.
    await terminal.waitFor(kind === "server" ? /~ build \d+\/12 .*3 shows it/ : /~ build 1\/5 .*3 shows it/);
    terminal.press("3");
    await terminal.waitFor(/▌~ dim_product +run/);
    terminal.press("X");
    await terminal.waitFor(/Build #2 .*cancelled/);
    await terminal.waitFor(/◼ dim_product +stop +.*stopped on request/);
    await terminal.waitFor(/- fct_order_items +skip +upstream dim_product was /);

    // A failed audit opens in place, down to its rows.
    await openDatabase(settings, (database) => database.query("drop trigger take_a_minute on warehouse.dim_product"));
    terminal.press("R");
    await terminal.waitFor("Plan: retry what failed, was skipped or cancelled");
    await terminal.waitFor(/│ fct_order_items +│/);
    terminal.press("enter");
    await terminal.waitFor(/Build #3 .*FAILED/);
    await terminal.waitFor(/✗ fct_order_items +FAIL/);
    await terminal.waitFor(/net_is_gross_less_discount: 1 failing row/);
    await terminal.waitFor(/order_item_id 900001/);
    await terminal.waitFor(/- mart_weekly_discounts +skip +upstream fct_order_items /);

    // A build of another process is shown as it goes; then the rows that it changed are one key away.
    await openDatabase(settings, async (database) => {
        await database.query("drop trigger spoil on warehouse.fct_order_items");
        await runBuild(database, {
            command: "build",
            select: [],
            exclude: [],
            fullRefresh: false,
            failFast: false,
            threads: 1,
            signal: new AbortController().signal,
            onEvent: () => undefined,
        });
    });
    await terminal.waitFor(/Build #4 .*ok/);
    terminal.press("s");
    await terminal.waitFor("What the run came to");
    await terminal.waitFor(/fct_order_items .*│ 1 /);
    terminal.press("esc");
    await terminal.waitFor((screen) => !screen.join("\n").includes("What the run came to"));
    terminal.press("/");
    terminal.type("fct_order_items");
    terminal.press("enter", "d");
    await terminal.waitFor("fct_order_items: what run 4 changed");
    await terminal.waitFor(/900001/);
    expect(kind).toMatch(/embedded|server/);
}

story("builds what is stale, cancels one model, opens a failure, follows another's build", {}, tell);
story(
    "builds what is stale on a server, cancels one model, opens a failure, follows another's build",
    { databases: ["server"], sizes: [[120, 40]] },
    tell,
);
