import { render } from "ink-testing-library";
import { expect, it } from "vitest";
import { Box, React, Text } from "../../../src/tui/kit/ink.js";
import { CursorContext, TextField } from "../../../src/tui/kit/TextField.js";
import type { CellPlace } from "../../../src/tui/terminal/compose-frame.js";

it("puts the cursor where the text is edited, wherever the field is laid out, and takes it away with the field", () => {
    const places: (CellPlace | null)[] = [];
    const setCursor = (place: CellPlace | null): void => {
        places.push(place);
    };
    const draw = (text: string, cursor: number, isThere = true): React.ReactElement => (
        <CursorContext.Provider value={setCursor}>
            <Box flexDirection="column" paddingLeft={3}>
                <Text>Say which:</Text>
                {isThere && (
                    <Box>
                        <Text>漢 </Text>
                        <TextField edited={{ text, cursor }} width={6} />
                        <Text>!</Text>
                    </Box>
                )}
            </Box>
        </CursorContext.Provider>
    );
    const { lastFrame, rerender, unmount } = render(draw("orders", 2));
    expect(lastFrame()?.split("\n")).toEqual(["   Say which:", "   漢 orders!"]);
    expect(places.at(-1)).toEqual({ row: 1, column: 8 });

    // As much as fits around the cursor.
    rerender(draw("fct_orders", 10));
    expect(lastFrame()?.split("\n")[1]).toBe("   漢 rders !");
    expect(places.at(-1)).toEqual({ row: 1, column: 11 });

    rerender(draw("", 0, false));
    expect(places.at(-1)).toBeNull();
    unmount();
});
