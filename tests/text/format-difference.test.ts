import { expect, test } from "vitest";
import { formatDifference } from "../../src/text/format-difference.js";

test("shows what only one side has, and of rows on both the cells that differ", () => {
    const lines = formatDifference(
        ["week", "order_count", "total"],
        [
            { left: ["2025-01-06", "2", null], right: ["2025-01-06", "3", null] },
            { left: ["2025-01-13", "1", "5"], right: null },
            { left: null, right: ["2025-01-20", null, "7"] },
        ],
        { left: "expected", right: "found" },
    );
    expect(lines.map((line) => line.trimEnd())).toEqual([
        "               week        order_count  total",
        "─────────────  ──────────  ───────────  ─────",
        "expected       2025-01-06  2            ∅",
        "found          ″           3            ″",
        "only expected  2025-01-13  1            5",
        "only found     2025-01-20  ∅            7",
    ]);
});
