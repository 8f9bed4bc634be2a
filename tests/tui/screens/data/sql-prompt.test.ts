import { expect, it } from "vitest";
import { makeStatementError } from "../../../../src/database/errors.js";
import { nameMeantOrNull } from "../../../../src/tui/screens/data/sql-prompt.js";

const catalogue = [
    { schema: "prep", name: "fct_orders__select", kind: "view", isVisible: false, columns: [] },
    { schema: "warehouse", name: "fct_orders", kind: "table", isVisible: false, columns: [] },
    { schema: "marts", name: "mart_weekly_discounts", kind: "table", isVisible: false, columns: [] },
] as const;

function meant(name: string, sqlState = "42P01"): string | null {
    const error = makeStatementError("select", { sqlState, message: `relation "${name}" does not exist` });
    return nameMeantOrNull(error, catalogue);
}

it("knows the relation that is meant by a bare name, a wrong schema or a typing error", () => {
    expect(meant("fct_orders")).toBe("warehouse.fct_orders");
    expect(meant("marts.fct_orders")).toBe("warehouse.fct_orders");
    expect(meant("fct_odrers")).toBe("warehouse.fct_orders");
    expect(meant("invoices")).toBeNull();
    expect(meant("fct_orders", "42703")).toBeNull();
    expect(nameMeantOrNull(new Error('relation "fct_orders" does not exist'), catalogue)).toBeNull();
});
