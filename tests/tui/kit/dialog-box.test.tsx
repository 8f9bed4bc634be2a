import { render } from "ink-testing-library";
import { expect, it, vi } from "vitest";
import type { Dialog } from "../../../src/tui/kit/screen.js";
import { DialogBox } from "../../../src/tui/kit/DialogBox.js";
import { Box, React, Text } from "../../../src/tui/kit/ink.js";
import { makeStore } from "../../../src/tui/terminal/store.js";
import { makeTheme } from "../../../src/tui/kit/theme.js";
import { plainLine } from "../plain-line.js";

it("shows an error of what is inside in its frame, and the rest goes on", async () => {
    const app = { size: makeStore({ columns: 60, rows: 12 }), theme: makeStore(makeTheme("mono", false)) };
    const step = makeStore(1);
    const dialog: Dialog = {
        title: "Plan",
        size: { columns: 40, rows: 2 },
        changes: [step],
        hints: [],
        render: () => {
            if (step.get() === 2) {
                throw new Error("no such model");
            }
            return <Text>step {step.get()}</Text>;
        },
        takeInput: () => false,
    };
    const { lastFrame, unmount } = render(
        <Box width={60} height={12}>
            <DialogBox dialog={dialog} app={app} />
            <Text>beside</Text>
        </Box>,
    );
    const shown = (): string => (lastFrame() ?? "").split("\n").map(plainLine).join("\n");
    expect(shown()).toContain("│ step 1 ");
    step.set(2);
    await vi.waitFor(() => {
        expect(shown()).toContain("│  This could not be drawn: no such model");
    });
    expect(shown()).toMatch(/╭─ Plan ─+╮/);
    expect(shown()).toContain("beside");
    unmount();
});
