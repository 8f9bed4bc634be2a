import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import { React } from "../../../src/tui/kit/ink.js";
import { makeListArea } from "../../../src/tui/kit/list-area.js";
import { ListBox } from "../../../src/tui/kit/ListBox.js";
import { fitText } from "../../../src/tui/kit/lines/fit-text.js";
import { plainLine } from "../plain-line.js";

const items = ["dim_customer", "dim_product", "fct_orders", "fct_sessions", "mart_carts"];
const size = { columns: 24, rows: 7 };
const key = (name: string) => ({ kind: "key", name, text: "" }) as const;

function draw(element: React.ReactElement): readonly string[] {
    const { lastFrame, unmount } = render(element);
    unmount();
    return (lastFrame() ?? "").split("\n").map((line) => plainLine(line).trimEnd());
}

describe("ListBox", () => {
    it("has what is typed above the list and what is said of the selected item below it", () => {
        const area = makeListArea(() => items.length, { isTyping: true });
        area.takeInput(key("down"));
        expect(
            draw(
                <ListBox
                    size={size}
                    items={items}
                    area={area}
                    lineOf={(item, width) => fitText(item, width)}
                    search={{ text: "_", cursor: 1 }}
                    note="The products."
                />,
            ),
        ).toEqual(["› _", "", " dim_customer", "▌dim_product", " fct_orders", "", "The products."]);
    });

    it("keeps its place below a short list", () => {
        const area = makeListArea(() => 1);
        expect(
            draw(<ListBox size={size} items={["one"]} area={area} lineOf={(item) => item} head="1 value" note="It." />),
        ).toEqual(["1 value", "", "▌one", "", "", "", "It."]);
    });

    it("scrolls so that the selected item is in view", () => {
        const area = makeListArea(() => items.length);
        const box = (): readonly string[] =>
            draw(<ListBox size={{ columns: 24, rows: 3 }} items={items} area={area} lineOf={(item) => item} />);
        expect(box()).toEqual(["▌dim_customer", " dim_product", " fct_orders"]);
        area.takeInput(key("G"));
        expect(box()).toEqual([" fct_orders", " fct_sessions", "▌mart_carts"]);
        area.takeInput(key("k"));
        expect(box()).toEqual([" fct_orders", "▌fct_sessions", " mart_carts"]);
    });

    it("leaves letters, Home and End to what is typed", () => {
        const area = makeListArea(() => items.length, { isTyping: true });
        expect(["G", "j", "home", "end", "ctrl-d"].map((name) => area.takeInput(key(name)))).toEqual(
            Array.from({ length: 5 }, () => false),
        );
        expect(["down", "ctrl-n", "ctrl-p", "pagedown"].map((name) => area.takeInput(key(name)))).toEqual(
            Array.from({ length: 4 }, () => true),
        );
        expect(area.cursor()).toBe(4);
    });
});
