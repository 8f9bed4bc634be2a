import { describe, expect, it } from "vitest";
import type { ListDetail, ListDetailOptions } from "../../../../src/tui/kit/list-detail/list-detail.js";
import type { ListItem } from "../../../../src/tui/kit/list-detail/list-detail-state.js";
import { makeStore, type Store } from "../../../../src/tui/terminal/store.js";
import { makeList } from "../../paint-list.js";
import { plainLine } from "../../plain-line.js";

interface Fruit extends ListItem {
    readonly name: string;
    readonly height?: number;
}

const fruits: readonly Fruit[] = ["apple", "banana", "cherry", "date", "elder"].map((name) => ({ key: name, name }));

function makeFruits(
    all: Store<readonly Fruit[]>,
    options: Partial<ListDetailOptions<Fruit>> = {},
    size = { columns: 80, rows: 4 },
): ListDetail<Fruit> & { readonly body: () => readonly string[] } {
    const list = makeList<Fruit>(size, {
        changes: [all],
        items: ({ text }) => all.get().filter(({ name }) => name.includes(text)),
        lineOf: ({ name }) => name,
        describe: ({ name }) => [{ text: `all about the ${name}` }],
        filterLabel: "Fruits with",
        problemsNote: "only rotten ones",
        ...options,
    });
    return { ...list, body: () => list.paint(size).map((line) => plainLine(line).trimEnd()) };
}

const run = (list: ListDetail<Fruit>, ...ids: readonly (keyof ListDetail<Fruit>["handlers"])[]): void => {
    for (const id of ids) {
        list.handlers[id]?.run();
    }
};

describe("the list", () => {
    it("keeps its cursor on an item that moves, on its parent when it goes, else where it was", () => {
        const all = makeStore(fruits);
        const list = makeFruits(all);
        run(list, "move.down", "move.down");
        all.set([...fruits].reverse());
        expect(list.body()).toEqual([" elder", " date", "▌cherry", " banana"]);
        const child = { key: "seed", name: "seed", parentKey: "date" };
        all.set([child, ...fruits]);
        list.state.select("seed");
        all.set(fruits);
        expect(list.state.selectedOrNull()?.key).toBe("date");
        all.set(fruits.filter(({ name }) => name !== "date"));
        expect(list.state.selectedOrNull()?.key).toBe("apple");
    });

    it("stays at the top where that is wished, whatever comes there", () => {
        const all = makeStore(fruits);
        const list = makeFruits(all, { staysAtTop: () => true });
        run(list, "move.down", "move.up");
        all.set([{ key: "aaa", name: "aaa" }, ...fruits]);
        expect(list.body()[0]).toBe("▌aaa");
    });

    it("keeps the first line in view in its place when others come before it", () => {
        const all = makeStore(fruits);
        const list = makeFruits(all, { keepsTop: true }, { columns: 80, rows: 3 });
        run(list, "move.end");
        list.body();
        run(list, "move.up");
        expect(list.body()).toEqual([" cherry", "▌date", " elder"]);
        all.set([{ key: "aaa", name: "aaa" }, { key: "bbb", name: "bbb" }, ...fruits]);
        expect(list.body()).toEqual([" cherry", "▌date", " elder"]);
    });

    it("passes over headings, and has the first of them in view with the first item", () => {
        const heading = (name: string): Fruit => ({ key: `heading ${name}`, name, isFixed: true });
        const all = makeStore([heading("RED"), fruits[0], fruits[2], heading("YELLOW"), fruits[1]] as readonly Fruit[]);
        const list = makeFruits(all, {}, { columns: 80, rows: 3 });
        expect(list.body()).toEqual([" RED", "▌apple", " cherry"]);
        run(list, "move.down", "move.down");
        expect(list.body()).toEqual([" cherry", " YELLOW", "▌banana"]);
        run(list, "move.start");
        expect(list.body()).toEqual([" RED", "▌apple", " cherry"]);
    });

    it("counts a page in lines, and shows all lines of the selected item", () => {
        const all = makeStore<readonly Fruit[]>(
            fruits.map((fruit, index): Fruit => ({ ...fruit, height: index === 2 ? 3 : 1 })),
        );
        const list = makeFruits(all, {
            heightOf: ({ height = 1 }) => height,
            lineOf: ({ name, height = 1 }) => [name, ...Array.from({ length: height - 1 }, (_, line) => `  ${line}`)],
        });
        list.body();
        run(list, "move.pageDown");
        expect(list.body()).toEqual([" apple", "▌banana", " cherry", "   0"]);
        run(list, "move.pageDown");
        expect(list.body()).toEqual([" banana", "▌cherry", "   0", "   1"]);
        run(list, "move.down");
        expect(list.body()).toEqual([" cherry", "   0", "   1", "▌date"]);
    });

    it("opens and closes what folds, and goes up to what an item belongs to", () => {
        const all = makeStore(fruits);
        const list = makeFruits(all, {
            items: (_, folds) =>
                folds.get("apple") === true
                    ? [...fruits.slice(0, 1), { key: "core", name: "core", parentKey: "apple" }, ...fruits.slice(1)]
                    : fruits,
            foldOf: ({ key }) => (key === "apple" ? { key, isOpen: list.state.folds().get("apple") === true } : null),
        });
        run(list, "move.right", "move.down");
        expect(list.body().slice(0, 2)).toEqual([" apple", "▌core"]);
        run(list, "move.left");
        expect(list.body().slice(0, 2)).toEqual(["▌apple", " core"]);
        run(list, "move.left");
        expect(list.body().slice(0, 2)).toEqual(["▌apple", " banana"]);
    });

    it("says what is left out, and Esc shows all again", () => {
        const list = makeFruits(makeStore(fruits));
        expect(list.handlers.back?.disabledReason?.()).toBe("this is the list");
        list.state.filter.set({ text: "an", isProblemsOnly: true });
        expect(list.body()).toEqual([' only rotten ones, only with "an"   esc shows all', "▌banana", "", ""]);
        list.state.filter.set({ text: "x", isProblemsOnly: false });
        expect(list.body()[0]).toBe(' only with "x": none   esc shows all');
        run(list, "back");
        expect(list.body()[0]).toBe("▌apple");
    });

    it("marks the last two that were chosen", () => {
        const list = makeFruits(makeStore(fruits), { mostMarks: 2 });
        run(list, "mark", "move.down", "mark", "move.down", "mark");
        expect(list.state.marks.get().map(({ key }) => key)).toEqual(["banana", "cherry"]);
        run(list, "mark");
        expect(list.state.marks.get().map(({ key }) => key)).toEqual(["banana"]);
    });
});

describe("the panes", () => {
    it("are one in a narrow terminal, two in a wider one, three in the widest", () => {
        const widths = (columns: number): readonly number[] =>
            Object.values(makeFruits(makeStore(fruits), {}, { columns, rows: 4 }).state.widths());
        expect(widths(99)).toEqual([99, 0, 0]);
        expect(widths(120)).toEqual([60, 57, 0]);
        expect(widths(200)).toEqual([76, 59, 59]);
    });

    it("are walked through, and one of them zoomed", () => {
        const list = makeFruits(makeStore(fruits), {}, { columns: 120, rows: 2 });
        expect(list.body()).toEqual([`▌apple${" ".repeat(55)}│  all about the apple`, ` banana${" ".repeat(54)}│`]);
        run(list, "pane.next", "zoom");
        expect(list.body()[0]).toBe(" all about the apple");
        run(list, "back", "back");
        expect(list.state.focus.get()).toBe("list");
    });

    it("have a head and a foot around what is scrolled, and open the line that is selected", () => {
        const opened: string[] = [];
        const list = makeFruits(makeStore(fruits), {
            headOf: ({ name }) => [name],
            describe: () => ["skin", "flesh", "core"].map((text) => ({ text, open: () => void opened.push(text) })),
            footOf: (_item, _pane, _width, line) => [line === null ? "" : `part ${line + 1} of 3`],
        });
        run(list, "pane.next");
        expect(list.body()).toEqual([" apple", "▌skin", " flesh", " part 1 of 3"]);
        run(list, "move.end", "open");
        expect(list.body()).toEqual([" apple", " flesh", "▌core", " part 3 of 3"]);
        expect(opened).toEqual(["core"]);
    });
});
