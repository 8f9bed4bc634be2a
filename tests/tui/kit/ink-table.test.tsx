import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import { Table } from "../../../src/tui/kit/ink-table.js";
import { Box, React, Text } from "../../../src/tui/kit/ink.js";

const data = [
    { model: "dim_product", rows: 12 },
    { model: "fct_orders", rows: null },
];

const drawn = [
    "Results",
    "┌─────────────┬──────┐",
    "│ model       │ rows │",
    "├─────────────┼──────┤",
    "│ dim_product │ 12   │",
    "├─────────────┼──────┤",
    "│ fct_orders  │      │",
    "└─────────────┴──────┘",
];

describe("Table", () => {
    it("draws rows and columns inside an Ink tree", () => {
        const { lastFrame, unmount } = render(
            <Box flexDirection="column">
                <Text>Results</Text>
                <Table data={data} />
            </Box>,
        );
        expect(lastFrame()?.split("\n")).toEqual(drawn);
        unmount();
    });

    it("draws its cells by components that use hooks", () => {
        function Shout({ children }: { readonly children?: React.ReactNode }): React.ReactElement {
            const [mark] = React.useState("!");
            return <Text>{typeof children === "string" ? children.replace(/ $/, mark) : null}</Text>;
        }
        const { lastFrame, unmount } = render(<Table data={data} columns={["model"]} cell={Shout} />);
        expect(lastFrame()?.split("\n")[3]).toBe("│ dim_product!│");
        unmount();
    });
});
