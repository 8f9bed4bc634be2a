import { expect, it } from "vitest";
import { makeGraph } from "../../src/engine/graph.js";
import { loadReadColumns, loadUsedColumns } from "../../src/warehouse/column-lineage.js";
import { loadRegistry } from "../../src/warehouse/registry.js";
import { describeOnBothDatabases } from "../setup/databases.js";

describeOnBothDatabases("columns", { template: "small" }, (test) => {
    it("of a landing table, a view and a table tell which models read them", async () => {
        const use = async (schema: string, name: string): Promise<readonly (readonly [string, readonly string[]])[]> =>
            (await loadUsedColumns(test.connected, { schema, name })).map((column) => [column.name, column.readers]);
        const columnsOfCustomer = ["name", "id", "created_at", "modified_at"];
        expect(await use("staging", "customer")).toEqual(columnsOfCustomer.map((name) => [name, ["stg_customer"]]));
        expect(await use("warehouse", "fct_orders")).toEqual([
            ["order_id", ["paid_orders"]],
            ["customer_id", ["paid_orders"]],
            ["customer_name", []],
            ["status", ["paid_orders"]],
            ["amount", ["paid_orders"]],
        ]);
        expect((await use("warehouse", "paid_orders")).find(([name]) => name === "amount")).toEqual([
            "amount",
            ["mart_customers"],
        ]);
        expect(await use("warehouse", "nowhere")).toEqual([]);
    });

    it("have types and comments", async () => {
        const [first] = await loadUsedColumns(test.connected, { schema: "warehouse", name: "fct_orders" });
        expect(first).toEqual({
            name: "order_id",
            type: "integer",
            comment: "Order.",
            readers: ["paid_orders"],
        });
    });

    it("that a model reads are told by relation", async () => {
        const { models } = makeGraph(await loadRegistry(test.connected));
        const model = models.get("paid_orders");
        expect(model === undefined ? null : await loadReadColumns(test.connected, model)).toEqual(
            ["order_id", "customer_id", "status", "amount"].map((columnName) => ({
                schema: "warehouse",
                relationName: "fct_orders",
                columnName,
            })),
        );
    });
});
