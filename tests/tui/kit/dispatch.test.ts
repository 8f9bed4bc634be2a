import { describe, expect, it } from "vitest";
import type { Handlers } from "../../../src/tui/kit/screen.js";
import { listHints } from "../../../src/tui/app/chrome/Footer.js";
import { actionOfKeyOrNull, listActions } from "../../../src/tui/kit/dispatch.js";
import { keymap } from "../../../src/tui/kit/keymap.js";

/** A screen on which every action of the keymap has a meaning. */
const handlers: Handlers = Object.fromEntries(keymap.map(({ id }) => [id, { run: () => undefined }]));

const writing = ["build", "buildDownstream", "fullRefresh", "test", "retry", "edit"];

describe("what was opened for reading only", () => {
    it("lists what writes, and why it cannot be run", () => {
        const off = listActions(handlers, {}, true).filter(({ reason }) => reason !== null);
        expect(off.map(({ id, reason }) => [id, reason])).toEqual(writing.map((id) => [id, "opened for reading only"]));
        expect(listActions(handlers, {}, false).filter(({ reason }) => reason !== null)).toEqual([]);
    });

    it("has nothing that writes in the footer", () => {
        const footer = (isReadOnly: boolean): string =>
            listHints(listActions(handlers, {}, isReadOnly), { isAscii: false })
                .map(([key, title]) => `${key} ${title}`)
                .join("  ");
        expect(footer(false)).toMatch(/\bb build\b.*\bt test\b/);
        expect(footer(true)).not.toMatch(/\bbuild\b|\btest\b/);
    });

    it("runs nothing that writes, whatever key is pressed and whatever a screen leaves out", () => {
        const onlyWriting: Handlers = Object.fromEntries(writing.map((id) => [id, { run: () => undefined }]));
        const running = (isReadOnly: boolean): readonly string[] =>
            keymap
                .flatMap(({ keys }) => [...keys])
                .flatMap((key) =>
                    [handlers, onlyWriting].map((own) => actionOfKeyOrNull(key, own, handlers, isReadOnly)),
                )
                .flatMap((action) => (action?.reason === null && action.binding.writes ? [action.id] : []));
        expect(new Set(running(false))).toEqual(new Set(writing));
        expect(running(true)).toEqual([]);
    });
});
