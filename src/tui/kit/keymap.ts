/** The screens in the order of their keys 1–8. */
export const screenIds = ["home", "models", "build", "tests", "data", "lineage", "history", "sql"] as const;

/** The deck exists only while slides are presented. */
export type ScreenId = (typeof screenIds)[number] | "deck";

export const screenTitles: Readonly<Record<ScreenId, string>> = {
    home: "Home",
    models: "Models",
    build: "Build",
    tests: "Tests",
    data: "Data",
    lineage: "Lineage",
    history: "History",
    sql: "SQL",
    deck: "Slides",
};

type Group = "Go" | "Slides" | "Move" | "Look" | "Build" | "Data" | "SQL" | "Program";

/**
 * A row of the keymap: the action's name, its keys separated by blanks, two or three words for the footer and the palette, a
 * sentence on what happens, its group in the help, its place in the footer (lowest first; null for none), and whether it starts
 * or changes something in the database.
 */
type Row = readonly [
    id: string,
    keys: string,
    title: string,
    description: string,
    group: Group,
    footer?: number | null,
    writes?: "writes",
];

// One action a line.
// prettier-ignore
const rows = [
    ["go.home", "1", "Home", "Last run, freshness, failing tests and the marts.", "Go"],
    ["go.models", "2", "Models", "Every source and model, its columns, SQL and tests.", "Go"],
    ["go.build", "3", "Build", "The running or last build.", "Go"],
    ["go.tests", "4", "Tests", "All data tests and their failing rows.", "Go"],
    ["go.data", "5", "Data", "Rows of any relation, above all the marts.", "Go"],
    ["go.lineage", "6", "Lineage", "What is made of what.", "Go"],
    ["go.history", "7", "History", "Past runs and what they changed.", "Go"],
    ["go.sql", "8", "SQL", "A statement of your own above its rows or its plan; read only.", "Go"],
    ["go.deck", "0", "Slides", "Back to the slides, where you left them.", "Go"],
    ["deck.next", "right space pagedown", "next", "The next slide.", "Slides", 1],
    ["deck.previous", "left pageup backspace", "previous", "The slide before.", "Slides", 1],
    ["deck.first", "home", "first slide", "To the first slide.", "Slides"],
    ["deck.last", "end", "last slide", "To the last slide.", "Slides"],
    ["deck.number", "1 2 3 4 5 6 7 8 9", "slide by number", "Type the number of a slide, then Enter.", "Slides"],
    ["deck.overview", "o", "overview", "All slides by title; Enter shows one.", "Slides", 3],
    ["deck.sql", "s", "SQL", "The SQL behind what the slide shows.", "Slides", 4],
    ["deck.blank", ". b", "blank", "A blank screen, so that everybody looks at you; any key ends it.", "Slides", 6],
    ["deck.timer", "t", "timer", "Starts or stops the clock of your talk.", "Slides", 6],
    ["deck.timerReset", "T", "timer to 0", "Sets the clock back.", "Slides"],
    ["deck.play", "p", "play", "Plays the recorded run, pauses it, or plays it once more.", "Slides", 2],
    ["deck.faster", "+", "faster", "Plays the run faster.", "Slides", 5],
    ["deck.slower", "-", "slower", "Plays the run slower.", "Slides", 5],
    ["deck.warehouse", "w", "warehouse", "Leaves the slides for the screens of the warehouse; 0 returns.", "Slides", 7],
    ["open", "enter", "open", "Opens what is selected, one level deeper.", "Go", 1],
    ["back", "escape", "back", "One level back; clears a filter first.", "Go", 2],
    ["tab.next", "]", "next tab", "The next tab of this pane.", "Go", 8],
    ["tab.previous", "[", "previous tab", "The tab before.", "Go"],
    ["pane.next", "tab", "next pane", "Moves to the next pane.", "Go", 9],
    ["pane.previous", "shift-tab", "previous pane", "Moves to the pane before.", "Go"],
    ["move.up", "up k", "up", "One line up.", "Move"],
    ["move.down", "down j", "down", "One line down.", "Move"],
    ["move.left", "left h", "left", "One column or level to the left.", "Move"],
    ["move.right", "right l", "right", "One column or level to the right.", "Move"],
    ["move.pageUp", "pageup ctrl-u", "page up", "A page up.", "Move"],
    ["move.pageDown", "pagedown ctrl-d", "page down", "A page down.", "Move"],
    ["move.start", "g home", "start", "To the first line.", "Move"],
    ["move.end", "G end", "end", "To the last line.", "Move"],
    ["find", "/", "filter", "Filters the list, or finds text in the grid.", "Look", 3],
    ["find.next", "n", "next match", "The next place that matches.", "Look"],
    ["find.previous", "N", "previous match", "The place that matched before.", "Look"],
    ["failuresOnly", "!", "failures", "Shows only what failed or warned, or everything again.", "Look", 7],
    ["showSql", "o", "SQL", "The SQL behind what is shown.", "Look"],
    ["showLineage", "L", "lineage", "The lineage of what is selected.", "Look"],
    ["showRows", "v", "rows", "The rows of what is selected, in the grid.", "Look", 6],
    ["showChanges", "d", "changed rows", "The rows that the run changed in this model, before and after.", "Look", 6],
    ["zoom", "z", "zoom", "This pane alone, or all of them again.", "Look"],
    ["copy", "y", "copy", "Copies the cell, the row, the SQL or the command that reopens this view.", "Look"],
    ["undo", "u", "undo view", "Takes back the last change of the view.", "Look"],
    ["redo", "U", "redo view", "Makes it again.", "Look"],
    ["refresh", "r", "refresh", "Reads what is shown again.", "Look"],
    ["summary", "s", "summary", "What the run came to: models that changed, failed or warned.", "Look", 8],
    ["mark", "space", "mark", "Marks it, for a comparison of two.", "Look", 6],
    ["compare", "c", "compare", "The two that are marked, side by side.", "Look", 7],
    ["build", "b", "build", "What is selected, with what is stale above it, or another scope; shows the plan before it starts.", "Build", 4, "writes"],
    ["buildDownstream", "B", "build downstream", "Plans a build of what is selected and everything made from it.", "Build", null, "writes"],
    ["fullRefresh", "f", "full refresh", "Plans to recompute all rows of what is selected.", "Build", null, "writes"],
    ["test", "t", "test", "Runs the data tests of what is selected.", "Build", 5, "writes"],
    ["retry", "R", "retry", "Builds again what failed or was skipped.", "Build", 3, "writes"],
    ["edit", "E", "edit", "Opens the model's files in $EDITOR; then shows what is wrong with them, or rows and differences, and migrates.", "Build", 9, "writes"],
    ["cancel", "x", "cancel", "Cancels the running build, query or export.", "Build", 4],
    ["cancelModel", "X", "cancel model", "Cancels this model alone: what is made from it is skipped, the rest of the build goes on.", "Build", 5],
    ["jobs", "J", "jobs", "What runs now and what has run: builds, exports, queries.", "Program"],
    ["data.relation", "d", "relation", "Chooses another relation.", "Data", 3],
    ["data.query", "Q", "SQL", "A statement of your own, read only.", "Data", 6],
    ["data.sort", "s", "sort", "Sorts by this column: ascending, descending, not.", "Data", 4],
    ["data.addSort", "a", "add sort", "Sorts by this column after the others.", "Data"],
    ["data.filterCell", "f", "filter = cell", "Only rows with this cell's value.", "Data", 5],
    ["data.where", "w", "where", "Only rows for which a condition in SQL holds.", "Data"],
    ["data.valueCounts", "F", "value counts", "How often each value of this column occurs.", "Data", 8],
    ["data.statistics", "i", "statistics", "Nulls, distinct values, range and distribution of this column.", "Data", 8],
    ["data.chart", "c", "chart", "Chooses the chart beside the rows.", "Data", 7],
    ["data.freeze", "p", "freeze", "Keeps the columns up to this one in view, or lets them go.", "Data"],
    ["data.widen", ">", "widen", "Makes this column wider.", "Data"],
    ["data.narrow", "<", "narrow", "Makes this column narrower.", "Data"],
    ["data.hide", "-", "hide column", "Hides this column.", "Data"],
    ["data.columns", "+", "columns", "Chooses which columns are shown.", "Data"],
    ["data.goTo", "ctrl-g", "go to row", "Goes to a row by its number, or by a share such as 50%.", "Data"],
    ["data.count", "#", "exact count", "Counts the rows exactly.", "Data"],
    ["data.cell", "space", "whole cell", "The whole value of this cell; JSON is laid out.", "Data", 8],
    ["data.export", "e", "export", "Writes all rows of this view to a file.", "Data", 9],
    ["data.trace", "T", "trace", "The rows upstream that this row was made from, down to the landing rows.", "Data", 3],
    ["data.row", "v", "whole row", "All columns of this row, hidden ones too.", "Data"],
    ["lineage.all", "a", "everything", "The whole warehouse, from its landing tables on.", "Look", 7],
    ["lineage.graph", "d", "graph", "Draws the lineage as boxes and lines, or as a tree again.", "Look", 3],
    ["sql.plan", "P", "plan", "How PostgreSQL would run the statement (EXPLAIN), or its rows again.", "SQL", 5],
    ["sql.analyze", "A", "analyze", "Runs the statement for where its time goes (EXPLAIN ANALYZE); nothing is kept of it.", "SQL", 6],
    ["sql.history", "H", "earlier", "Earlier statements, failed ones too; typing searches.", "SQL", 7],
    ["sql.open", "O", "open file", "Opens a .sql file beside the statements that are open.", "SQL", 8],
    ["sql.save", "W", "save file", "Writes the statement to a .sql file.", "SQL", 9],
    ["palette", ": ctrl-p", "commands", "Every action by name, with its key; every model, test, column and run by its name.", "Program", 10],
    ["help", "?", "help", "What the keys do on this screen.", "Program", 0],
    ["theme", "ctrl-t", "theme", "The next theme: dark, light, high contrast, colour-blind, mono.", "Program"],
    ["mouse", "M", "mouse on/off", "Lets the mouse click here, or select text as usual.", "Program"],
    ["plainStream", "S", "plain stream", "Leaves the interface for plain lines until the build ends.", "Program"],
    ["redraw", "ctrl-l", "redraw", "Draws the whole screen again.", "Program"],
    ["suspend", "ctrl-z", "suspend", "Back to the shell; `fg` returns.", "Program"],
    ["quit", "q", "quit", "Back, and from Home out; asks while a build runs.", "Program", 11],
    ["interrupt", "ctrl-c", "interrupt", "Cancels what runs; twice quits.", "Program"],
] as const satisfies readonly Row[];

export type ActionId = (typeof rows)[number][0];

/** A key binding as data: footer, help, palette, reference and dispatch are made from it. The screen's handlers say what it does. */
export interface Binding {
    readonly id: ActionId;
    readonly keys: readonly string[];
    readonly title: string;
    readonly description: string;
    readonly group: Group;
    /** Its place in the footer; null for none. */
    readonly footer: number | null;
    /** Disabled when the database was opened for reading only. */
    readonly writes: boolean;
}

export const keymap: readonly Binding[] = rows.map((row) => {
    const [id, keys, title, description, group, footer = null, writes]: Row = row;
    return {
        id: id as ActionId,
        keys: keys.split(" "),
        title,
        description,
        group,
        footer,
        writes: writes === "writes",
    };
});

const bindings: ReadonlyMap<ActionId, Binding> = new Map(keymap.map((binding) => [binding.id, binding]));

export function findBinding(id: ActionId): Binding {
    const binding = bindings.get(id);
    if (binding === undefined) {
        throw new Error(`the keymap has no row for ${id}`);
    }
    return binding;
}

const keyNames: Readonly<Record<string, string>> = {
    up: "↑",
    down: "↓",
    left: "←",
    right: "→",
    enter: "⏎",
    escape: "esc",
    pageup: "PgUp",
    pagedown: "PgDn",
    space: "space",
    home: "Home",
    end: "End",
};

const keyWords: Readonly<Record<string, string>> = {
    up: "up",
    down: "down",
    left: "left",
    right: "right",
    enter: "enter",
};

/** A key as people write it: `^P`, `⏎`, `esc`; in ASCII `enter`. */
export function formatKey(key: string, { isAscii }: { readonly isAscii: boolean }): string {
    const name = isAscii ? (keyWords[key] ?? keyNames[key]) : keyNames[key];
    return key.startsWith("ctrl-") ? `^${key.slice(5).toUpperCase()}` : (name ?? key);
}

/** The keys of a hint, with `⏎` and arrows; in ASCII in words. */
export function formatHintKeys(keys: string, { isAscii }: { readonly isAscii: boolean }): string {
    return isAscii ? keys.replaceAll("⏎", "enter").replaceAll("↑↓", "up/down").replaceAll("←→", "left/right") : keys;
}
