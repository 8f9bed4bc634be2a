import { expect, it } from "vitest";
import { makeInputParser } from "../../../src/tui/terminal/parse-input.js";

it.each([
    ["line ends of Windows", ["select 1,\r\n 'x\r\ny'\r\n"], "select 1,\n 'x\ny'\n"],
    ["line ends as terminals send them", ["a\rb\r\rc"], "a\nb\n\nc"],
    ["line ends that stay", ["a\nb\n\nc"], "a\nb\n\nc"],
    ["a line end in two pieces", ["a\r", "\nb"], "a\nb"],
])("gives %s as single line feeds", (_name, pieces, text) => {
    const parser = makeInputParser();
    const events = ["\x1b[200~", ...pieces, "\x1b[201~"].flatMap((piece) => parser.push(piece));
    expect(events).toEqual([{ kind: "paste", text }]);
});
