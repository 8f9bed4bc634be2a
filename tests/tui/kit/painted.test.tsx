import { render } from "ink-testing-library";
import { expect, it } from "vitest";
import { Box, React, Text } from "../../../src/tui/kit/ink.js";
import { Painted } from "../../../src/tui/kit/Painted.js";
import type { Region } from "../../../src/tui/terminal/compose-frame.js";
import { makeStore } from "../../../src/tui/terminal/store.js";

it("shows lines inside a box of Ink's, cut where the box ends", () => {
    const { lastFrame, unmount } = render(
        <Box width={12} height={3} flexDirection="column" overflow="hidden">
            <Painted lines={["one", "", "a line that is too long", "out of view"]} />
        </Box>,
    );
    expect(lastFrame()?.split("\n")).toEqual(["one", "", "a line that…"]);
    unmount();
});

it("paints a part of the screen past Ink, once for all changes of a moment, and takes it away", async () => {
    const shown: (Region | null)[] = [];
    const show = (_: string, region: Region | null): void => {
        shown.push(region);
    };
    const count = makeStore(1);
    const changes = [count];
    const paint = ({ columns }: { readonly columns: number }): readonly string[] => [
        String(count.get()).padEnd(columns),
    ];
    const place = { left: 0, top: 3, width: 4, height: 1 };
    const { lastFrame, unmount } = render(
        <>
            <Text>above</Text>
            <Painted region="body" place={place} paint={paint} changes={changes} show={show} />
        </>,
    );
    expect(lastFrame()).toBe("above");
    expect(shown).toEqual([{ ...place, lines: ["1   "] }]);

    count.set(2);
    count.set(3);
    await Promise.resolve();
    expect(shown.slice(1)).toEqual([{ ...place, lines: ["3   "] }]);

    count.set(4);
    unmount();
    await Promise.resolve();
    expect(shown.slice(2)).toEqual([null]);
});
