import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import { Table } from "../../src/tui/ink-table.js";
import { Box, React, Text } from "../../src/tui/ink.js";

const root = join(import.meta.dirname, "../..");

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

    it("draws the same in the built program, where React and Ink are one file", () => {
        const script = `
            const { Box, React, renderToString, Text } = await import("./dist/src/tui/ink.js");
            const { Table } = await import("./dist/src/tui/ink-table.js");
            const Title = () => React.createElement(Text, null, React.useMemo(() => "Results", []));
            const table = React.createElement(Table, { data: ${JSON.stringify(data)} });
            process.stdout.write(
                renderToString(
                    React.createElement(Box, { flexDirection: "column" }, React.createElement(Title), table),
                    { columns: 80 },
                ),
            );
        `;
        const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
            cwd: root,
            encoding: "utf8",
            env: { ...process.env, FORCE_COLOR: "0" },
        });
        expect(stderr).toBe("");
        expect(stdout.split("\n")).toEqual(drawn);
    });
});
