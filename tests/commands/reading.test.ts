import { expect, it } from "vitest";
import { describeOnBothDatabases } from "../setup/databases.js";
import { parseJsonLines, runStardeck } from "./run-stardeck.js";

describeOnBothDatabases("commands that read", { template: "built" }, (database) => {
    it("show prints the first rows of a model and says how to get more", async () => {
        const { rows } = await database.connected.query<{ count: string }>("select count(*) from warehouse.fct_orders");
        const args = ["show", "fct_orders", "--columns", "order_id,status", "--limit", "2"];
        const some = await runStardeck(database, args);
        expect(some.exitCode).toBe(0);
        expect(some.stdout).toMatch(/^order_id {2}status\n─{8} {2}─+\n( {7}\d {2}[A-Z]+\n){2}$/);
        expect(some.stderr).toBe("The first 2 rows; --limit N shows more, --limit 0 all.\n");
        const all = await runStardeck(database, ["show", "warehouse.fct_orders", "--limit", "0", "--format", "csv"]);
        expect(all.stdout.split("\r\n")).toHaveLength(Number(rows[0]?.count) + 2);
        expect(all.stderr).toBe("");
    });

    it("show prints sources, filtered by a condition", async () => {
        const { exitCode, stdout } = await runStardeck(database, [
            "show",
            "staging.orders",
            "--where",
            "id = 1 -- the first",
            "--columns",
            "id",
            "--format",
            "json",
        ]);
        expect(exitCode).toBe(0);
        expect(new Set((JSON.parse(stdout) as { id: number }[]).map((row) => row.id))).toEqual(new Set([1]));
    });

    it.each([
        [["show", "fct_order"], 2, 'There is no model or source "fct_order".\nDid you mean fct_orders?\n'],
        [
            ["show", "fct_orders", "--columns", "order_id,stauts"],
            2,
            'fct_orders has no column "stauts".\nDid you mean status?\n',
        ],
        [
            ["show", "fct_orders", "--where", "1 = 1; drop table warehouse.fct_orders"],
            1,
            [
                'syntax error at or near ";"',
                "",
                "1 │ 1 = 1; drop table warehouse.fct_orders",
                "         ^",
                "",
                "Give one condition, as after `where`.",
                "",
            ].join("\n"),
        ],
        [
            ["show", "fct_orders", "--where", "true) union select * from warehouse.fct_orders where (true"],
            1,
            [
                'syntax error at or near ")"',
                "",
                "1 │ true) union select * from warehouse.fct_orders where (true",
                "        ^",
                "",
                "Give one condition, as after `where`.",
                "",
            ].join("\n"),
        ],
        [
            ["query", "select 1;\n drop table warehouse.fct_orders"],
            1,
            [
                "this begins a second statement, and one at a time can be run",
                "",
                "2 │  drop table warehouse.fct_orders",
                "     ^",
                "",
                "Give one statement that reads: SELECT, WITH, VALUES or TABLE.",
                "",
            ].join("\n"),
        ],
        [
            ["show", "fct_orders", "--json", "--format", "csv"],
            2,
            "--json prints one object a line and --format csv does not.\nLeave one of them out.\n",
        ],
        [
            ["lineage", "fct_orders.placed_att"],
            2,
            'warehouse.fct_orders has no column "placed_att".\nDid you mean placed_at?\n',
        ],
        [
            ["lineage", "fct_odrers.placed_at"],
            2,
            'There is no model or source "fct_odrers".\nDid you mean fct_orders?\n',
        ],
        [["lineage", "fct_odrers"], 2, 'There is no model or source "fct_odrers".\nDid you mean fct_orders?\n'],
        [
            ["explain", "stg_order"],
            2,
            '"stg_order" is a view: it holds no rows that could become stale.\nTable models are explained: `stardeck ls` lists all models.\n',
        ],
        [["history", "99999"], 2, 'There is no run "99999".\n`stardeck history` lists the runs.\n'],
        [["ls", "--select", "fct_order"], 2, 'No model matches "fct_order".\nDid you mean fct_orders?\n'],
    ] as const)("%j ends with exit code %i and says why", async (args, exitCode, stderr) => {
        const result = await runStardeck(database, args);
        expect(result).toMatchObject({ exitCode, stderr });
    });

    it("query prints every format from the same rows", async () => {
        const sql = `select 10000 as amount_count, 7 as id, null as nothing, e'a\\n"b"' as words, true as yes,
            '{"k": 1.50}'::json as payload, 'NaN'::numeric as odd`;
        const outputs = await Promise.all(
            ["table", "csv", "json", "jsonl"].map((format) =>
                runStardeck(database, ["query", sql, "--format", format]),
            ),
        );
        expect(outputs.map((output) => output.stdout)).toEqual([
            [
                "amount_count  id  nothing  words  yes  payload      odd",
                "────────────  ──  ───────  ─────  ───  ───────────  ───",
                '      10,000   7  ∅        a↵"b"  t    {"k": 1.50}  NaN',
                "",
            ].join("\n"),
            'amount_count,id,nothing,words,yes,payload,odd\r\n10000,7,,"a\n""b""",t,"{""k"": 1.50}",NaN\r\n',
            '[\n{"amount_count":10000,"id":7,"nothing":null,"words":"a\\n\\"b\\"","yes":true,"payload":{"k": 1.50},"odd":"NaN"}\n]\n',
            '{"amount_count":10000,"id":7,"nothing":null,"words":"a\\n\\"b\\"","yes":true,"payload":{"k": 1.50},"odd":"NaN"}\n',
        ]);
    });

    it("query of no rows prints the columns, an empty file or an empty array", async () => {
        const outputs = await Promise.all(
            ["table", "csv", "json", "jsonl"].map((format) =>
                runStardeck(database, ["query", "select 1 as one where false", "--format", format]),
            ),
        );
        expect(outputs.map((output) => output.stdout)).toEqual(["one\n───\n", "one\r\n", "[\n]\n", ""]);
    });

    it("ls lists the selected models in build order", async () => {
        const { stdout, stderr } = await runStardeck(database, ["ls", "--select", "layer:marts", "--json"]);
        const models = parseJsonLines(stdout);
        expect(models.map((model) => [model.type, model.layer, model.materialisation, model.lastStatus])).toEqual(
            Array(3).fill(["model", "marts", "table", "ok"]),
        );
        expect(models.map((model) => model.modelName).sort()).toEqual([
            "mart_last_session_carts",
            "mart_weekly_discounts",
            "mart_weekly_fulfilment",
        ]);
        expect(stderr).toBe("");
    });

    it("lineage draws the way from the landing tables and names the columns read", async () => {
        const { stdout } = await runStardeck(database, ["lineage", "fct_orders", "--columns"]);
        const lines = stdout.split("\n");
        expect(lines[0]).toBe("warehouse.fct_orders (table)");
        expect(stdout).toContain("staging.orders (source)");
        expect(stdout).toMatch(/needed by\n(.*\n)*.*marts\.mart_weekly_fulfilment \(table\)/);
        expect(stdout).toMatch(/columns read\n(.*\n)* {2}warehouse\.dim_date: date_key, date_day\n/);
    });

    it("lineage follows a column to the landing columns, with what makes it on the way", async () => {
        const { stdout } = await runStardeck(database, ["lineage", "mart_weekly_discounts.discount_amount"]);
        expect(stdout).toBe(`marts.mart_weekly_discounts.discount_amount = round(sum(discount_amount), 2)
made from
  └─ warehouse.fct_order_items.discount_amount = (gross_amount * coalesce(discount_percent, 0)) * 0.01
     ├─ prep.int_order_items.quantity
     │  └─ prep.stg_order_item.quantity
     │     └─ staging.orderitem.quantity
     ├─ warehouse.dim_product.discount_percent = discount_percent or null
     │  └─ prep.stg_product.discount_percent = prep.usable_number(discount_percent)
     │     └─ staging.product.discount_percent
     └─ warehouse.dim_product.price = price or null
        └─ prep.stg_product.price = prep.usable_number(price)
           └─ staging.product.price
which rows there are is decided by
  warehouse.dim_date.date_key
  warehouse.dim_date.week_start
  warehouse.fct_order_items.order_id
  warehouse.fct_order_items.placed_date_key
`);
        const [line] = parseJsonLines(
            (await runStardeck(database, ["lineage", "staging.orderitem.quantity", "--json"])).stdout,
        );
        expect(line).toEqual({
            type: "column_lineage",
            relation: "staging.orderitem",
            column: "quantity",
            expressions: [],
            madeFrom: [],
            rowsDecidedBy: [],
            dependsOn: [],
            usedBy: ["prep.stg_order_item.quantity"],
            decidesRowsOf: ["prep.stg_order_item"],
        });
    });

    it("explain says which entities a changed row affects, and why these", async () => {
        const { stdout } = await runStardeck(database, ["explain", "mart_weekly_fulfilment"]);
        expect(stdout.split("\n").slice(0, 5)).toEqual([
            "marts.mart_weekly_fulfilment is rebuilt by week_start.",
            "Why: its file says so, by `Entity:` or by what speaks of the key's first column.",
            "",
            "dim_date (table)",
            "  A changed row affects its own week_start.",
        ]);
        expect(stdout).not.toContain("affectedBy");
        const [line] = parseJsonLines((await runStardeck(database, ["explain", "int_orders", "--json"])).stdout);
        expect(line).toMatchObject({
            type: "explanation",
            modelName: "int_orders",
            entityKey: ["order_id"],
            entityReason: "order_id is the primary key; every table that the model reads tells it",
            computesAll: null,
            upstreams: [{ name: "orders", kind: "source", sentence: "A changed row affects the order_id in its id." }],
            unindexed: [],
        });
    });

    it("history lists the runs, and one of them with its models and data tests", async () => {
        const runs = parseJsonLines((await runStardeck(database, ["history", "--json"])).stdout);
        expect(runs[0]).toMatchObject({ type: "run", command: "build", status: "ok" });
        const one = parseJsonLines((await runStardeck(database, ["history", "last", "--json"])).stdout);
        expect(one.filter((line) => line.type === "model-run").every((line) => line.status === "ok")).toBe(true);
        expect(one.filter((line) => line.type === "test-run").length).toBeGreaterThan(10);
        const plain = await runStardeck(database, ["history", String(runs[0]?.runId)]);
        expect(plain.stdout).toMatch(/^Run \d+: build, ok, \d{4}-/);
        expect(plain.stdout).toContain("mart_weekly_discounts");
    });

    it("debug finds everything in order but old demo data", async () => {
        const { exitCode, stdout } = await runStardeck(database, ["debug", "--json"]);
        expect(exitCode).toBe(0);
        const checks = parseJsonLines(stdout);
        expect(checks.filter((check) => check.status === "failed")).toEqual([]);
        expect(checks.map((check) => check.name)).toEqual(
            expect.arrayContaining(["connection", "migrations", "source staging.orders", "demo data", "last run"]),
        );
    });

    it("takes help from the command that is asked for", async () => {
        const { exitCode, stdout, stderr } = await runStardeck(database, ["show", "--help"]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
        expect(stdout).toContain("stardeck show MODEL [--limit N] [--where SQL]");
    });
});
