import { describe, expect, it } from "vitest";
import { makeStatementError } from "../../../../src/database/errors.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { findMeantOrNull, makeSqlEditor, type SqlEditor } from "../../../../src/tui/screens/data/sql-editor.js";
import { makeStore } from "../../../../src/tui/terminal/store.js";
import { plainLine } from "../../plain-line.js";

const catalogue = [
    { schema: "prep", name: "fct_orders__select", kind: "view", isVisible: false, columns: [] },
    {
        schema: "warehouse",
        name: "fct_orders",
        kind: "table",
        isVisible: false,
        columns: [{ name: "order_id", typeName: "bigint" }],
    },
    { schema: "marts", name: "mart_weekly_discounts", kind: "table", isVisible: false, columns: [] },
] as const;

/** What PostgreSQL says of `select * from NAME`. */
function meant(name: string, sqlState = "42P01"): string | null {
    const sql = `select * from ${name} as o`;
    const message = `relation "${name}" does not exist`;
    return findMeantOrNull(makeStatementError(sql, { sqlState, message, position: 15 }), sql, catalogue)?.name ?? null;
}

function open(history: readonly string[] = []): {
    editor: SqlEditor;
    press: (...keys: string[]) => void;
    ran: string[];
} {
    const ran: string[] = [];
    const editor: SqlEditor = makeSqlEditor(
        { theme: makeStore(makeTheme("mono", false)), say: () => undefined },
        {
            history: () => history,
            catalogue: () => catalogue,
            run: () => ran.push(editor.text()),
            leave: () => ran.push("left"),
        },
    );
    const press = (...keys: string[]): void => {
        for (const key of keys) {
            editor.takeInput({ kind: "key", name: key, text: key.length === 1 ? key : "" });
        }
    };
    return { editor, press, ran };
}

it("knows the relation that is meant by a bare name, a wrong schema or a typing error", () => {
    expect(meant("fct_orders")).toBe("warehouse.fct_orders");
    expect(meant("marts.fct_orders")).toBe("warehouse.fct_orders");
    expect(meant("fct_odrers")).toBe("warehouse.fct_orders");
    expect(meant("FCT_ORDERS")).toBe("warehouse.fct_orders");
    expect(meant("invoices")).toBeNull();
    expect(meant("fct_orders", "42703")).toBeNull();
    expect(findMeantOrNull(new Error('relation "fct_orders" does not exist'), "select 1", catalogue)).toBeNull();
    // The relation is known, but not in this FROM.
    const missing = { sqlState: "42P01", message: 'missing FROM-clause entry for table "fct_orders"', position: 8 };
    const sql = "select fct_orders.order_id";
    expect(findMeantOrNull(makeStatementError(sql, missing), sql, catalogue)).toBeNull();
});

describe("the editor", () => {
    it("offers how a name goes on while it is typed, and takes what is chosen", () => {
        const { editor, press, ran } = open();
        editor.setText("select * from fc");
        press("t");
        expect(editor.paintCandidates(60).map((line) => plainLine(line).trim().split(/ {2,}/)[0])).toEqual([
            "warehouse.fct_orders",
            "prep.fct_orders__select",
        ]);
        press("tab");
        expect(editor.text()).toBe("select * from fct");
        press("tab", "enter");
        expect(editor.text()).toBe("select * from prep.fct_orders__select");
        press("enter", "escape");
        expect(ran).toEqual(["select * from prep.fct_orders__select", "left"]);
    });

    it("writes by Tab the name that was meant, and goes to where the statement is wrong", () => {
        const { editor, press } = open();
        editor.setText("select * from fct_odrers limit 1");
        const message = 'relation "fct_odrers" does not exist';
        editor.setError(makeStatementError(editor.text(), { sqlState: "42P01", message, position: 15 }));
        expect(editor.paint({ columns: 60, rows: 3 })).toMatchObject({ cursor: { row: 0, column: 14 } });
        expect(editor.paintError(60).map(plainLine).join("\n")).toContain(
            "Did you mean warehouse.fct_orders? Tab writes it.",
        );
        press("tab");
        expect(editor.text()).toBe("select * from warehouse.fct_orders limit 1");
        expect(editor.paintError(60)).toEqual([]);
    });

    it("walks lines and then the history, and comes back to what was being written", () => {
        const { editor, press } = open(["select 1", "select 2"]);
        press("a", "ctrl-o", "b", "up", "up");
        expect(editor.text()).toBe("select 2");
        press("up", "up");
        expect(editor.text()).toBe("select 1");
        press("down", "down");
        expect(editor.text()).toBe("a\nb");
    });

    it("keeps the cursor in view in a statement that is longer than its place", () => {
        const { editor, press } = open();
        editor.setText("1\n2\n3\n4\n5\n6\n7");
        const { lines, cursor } = editor.paint({ columns: 20, rows: 3 });
        expect(lines.map((line) => plainLine(line).trim())).toEqual(["5", "6", "7"]);
        expect(cursor).toEqual({ row: 2, column: 1 });
        press("home", "up", "up", "up", "up");
        expect(editor.paint({ columns: 20, rows: 3 }).cursor.row).toBe(1);
    });
});
