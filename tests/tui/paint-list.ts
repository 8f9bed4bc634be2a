import { makeListDetail, type ListDetail, type ListDetailOptions } from "../../src/tui/kit/list-detail/list-detail.js";
import type { ListItem } from "../../src/tui/kit/list-detail/list-detail-state.js";
import { footerRows, headerRows } from "../../src/tui/kit/layout.js";
import type { Host } from "../../src/tui/kit/screen.js";
import { makeTheme, type Theme } from "../../src/tui/kit/theme.js";
import type { TerminalSize } from "../../src/tui/terminal/open-terminal.js";
import { makeStore } from "../../src/tui/terminal/store.js";

/** What surrounds a list in a terminal whose body has this size; nothing is asked, said or opened. */
function makeHost({ columns, rows }: TerminalSize, theme: Theme = makeTheme("mono", false)): Host {
    const nothing = (): void => undefined;
    return {
        theme: makeStore(theme),
        size: makeStore({ columns, rows: rows + headerRows + footerRows }),
        go: nothing,
        openDialog: nothing,
        closeDialog: nothing,
        ask: nothing,
        say: nothing,
        copy: nothing,
    };
}

/** A list with its details in a body of this size. */
export function makeList<Item extends ListItem>(
    size: TerminalSize,
    options: Omit<ListDetailOptions<Item>, "changes" | "nothing" | "openItem"> & Partial<ListDetailOptions<Item>>,
    theme?: Theme,
): ListDetail<Item> {
    return makeListDetail(makeHost(size, theme), {
        changes: [],
        nothing: () => [],
        openItem: () => false,
        ...options,
    });
}
