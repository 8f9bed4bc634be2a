import { describe, expect, it } from "vitest";
import type { BlockRows } from "../../../../../src/deck/block-content.js";
import { formatFigures } from "../../../../../src/tui/screens/deck/slides/block-figures.js";
import { makeTheme } from "../../../../../src/tui/kit/theme.js";
import { plainLine } from "../../../plain-line.js";

const rows: BlockRows = {
    columns: [
        { name: "orders", typeId: 20 },
        { name: "data_tests", typeId: 20 },
    ],
    rows: [["1669", "115"]],
    rowCount: 1,
    isCountExact: true,
    about: "",
    sql: "select 1",
    notes: [],
    relation: null,
    presentation: null,
};

function draw(columns: number, height: number): readonly string[] {
    return formatFigures(rows, { columns, rows: height }, makeTheme("mono", false)).map((line) =>
        plainLine(line).trimEnd(),
    );
}

describe("formatFigures", () => {
    it("draws large figures beside one another, or below where it is narrow", () => {
        expect(draw(40, 20)).toEqual([
            "▄█     ▄▀▀ ▄▀▀ █▀█   ▄█  ▄█  █▀▀",
            " █   ▄ █▀█ █▀█ ▀▀█    █   █  ▀▀▄",
            "▀▀▀ ▀  ▀▀▀ ▀▀▀ ▀▀    ▀▀▀ ▀▀▀ ▀▀",
            "orders               data tests",
        ]);
        expect(draw(20, 20)).toEqual([
            "▄█     ▄▀▀ ▄▀▀ █▀█",
            " █   ▄ █▀█ █▀█ ▀▀█",
            "▀▀▀ ▀  ▀▀▀ ▀▀▀ ▀▀",
            "orders",
            "",
            "▄█  ▄█  █▀▀",
            " █   █  ▀▀▄",
            "▀▀▀ ▀▀▀ ▀▀",
            "data tests",
        ]);
    });

    it("writes them plainly where large ones would be cut off", () => {
        expect(draw(20, 5)).toEqual(["1,669    115", "orders   data tests"]);
    });
});
