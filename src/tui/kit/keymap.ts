/** The screens in the order of their keys 1–7. */
export const screenIds = ["home", "models", "build", "tests", "data", "lineage", "history"] as const;

/** The slides are there only when they are presented. */
export type ScreenId = (typeof screenIds)[number] | "deck";

export const screenTitles: Readonly<Record<ScreenId, string>> = {
    home: "Home",
    models: "Models",
    build: "Build",
    tests: "Tests",
    data: "Data",
    lineage: "Lineage",
    history: "History",
    deck: "Slides",
};

/** A key binding as data: footer, help, palette, README and the dispatch are all made from it. What it does, its screen says. */
export interface Binding {
    readonly id: string;
    readonly keys: readonly string[];
    /** Two or three words for the footer and the palette. */
    readonly title: string;
    /** What happens, in a sentence. */
    readonly description: string;
    readonly group: "Go" | "Slides" | "Move" | "Look" | "Change" | "Build" | "Data" | "Program";
    /** Its place in the footer, least first; absent: not in the footer. */
    readonly footer?: number;
    /** Starts or changes something in the database: not where it was opened for reading only. */
    readonly writes?: true;
}

export const keymap = [
    // Go
    {
        id: "go.home",
        keys: ["1"],
        title: "Home",
        description: "Last run, freshness, failing tests and the marts.",
        group: "Go",
    },
    {
        id: "go.models",
        keys: ["2"],
        title: "Models",
        description: "Every source and model, its columns, SQL and tests.",
        group: "Go",
    },
    { id: "go.build", keys: ["3"], title: "Build", description: "The running or last build.", group: "Go" },
    { id: "go.tests", keys: ["4"], title: "Tests", description: "All data tests and their failing rows.", group: "Go" },
    {
        id: "go.data",
        keys: ["5"],
        title: "Data",
        description: "Rows of any relation, above all the marts.",
        group: "Go",
    },
    { id: "go.lineage", keys: ["6"], title: "Lineage", description: "What is made of what.", group: "Go" },
    { id: "go.history", keys: ["7"], title: "History", description: "Past runs and what they changed.", group: "Go" },
    {
        id: "go.deck",
        keys: ["0"],
        title: "Slides",
        description: "Back to the slides, where you left them.",
        group: "Go",
    },
    // Slides
    {
        id: "deck.next",
        keys: ["right", "space", "pagedown"],
        title: "next",
        description: "The next slide.",
        group: "Slides",
        footer: 1,
    },
    {
        id: "deck.previous",
        keys: ["left", "pageup", "backspace"],
        title: "previous",
        description: "The slide before.",
        group: "Slides",
        footer: 1,
    },
    { id: "deck.first", keys: ["home"], title: "first slide", description: "To the first slide.", group: "Slides" },
    { id: "deck.last", keys: ["end"], title: "last slide", description: "To the last slide.", group: "Slides" },
    {
        id: "deck.number",
        keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
        title: "slide by number",
        description: "Type the number of a slide, then Enter.",
        group: "Slides",
    },
    {
        id: "deck.overview",
        keys: ["o"],
        title: "overview",
        description: "All slides by title; Enter shows one.",
        group: "Slides",
        footer: 3,
    },
    {
        id: "deck.sql",
        keys: ["s"],
        title: "SQL",
        description: "The SQL behind what the slide shows.",
        group: "Slides",
        footer: 4,
    },
    {
        id: "deck.blank",
        keys: [".", "b"],
        title: "blank",
        description: "A blank screen, so that everybody looks at you; any key ends it.",
        group: "Slides",
        footer: 6,
    },
    {
        id: "deck.timer",
        keys: ["t"],
        title: "timer",
        description: "Starts or stops the clock of your talk.",
        group: "Slides",
        footer: 6,
    },
    { id: "deck.timerReset", keys: ["T"], title: "timer to 0", description: "Sets the clock back.", group: "Slides" },
    {
        id: "deck.play",
        keys: ["p"],
        title: "play",
        description: "Plays the recorded run, pauses it, or plays it once more.",
        group: "Slides",
        footer: 2,
    },
    {
        id: "deck.faster",
        keys: ["+"],
        title: "faster",
        description: "Plays the run faster.",
        group: "Slides",
        footer: 5,
    },
    {
        id: "deck.slower",
        keys: ["-"],
        title: "slower",
        description: "Plays the run slower.",
        group: "Slides",
        footer: 5,
    },
    {
        id: "deck.warehouse",
        keys: ["w"],
        title: "warehouse",
        description: "Leaves the slides for the screens of the warehouse; 0 returns.",
        group: "Slides",
        footer: 7,
    },
    {
        id: "open",
        keys: ["enter"],
        title: "open",
        description: "Opens what is selected, one level deeper.",
        group: "Go",
        footer: 1,
    },
    {
        id: "back",
        keys: ["escape"],
        title: "back",
        description: "One level back; clears a filter first.",
        group: "Go",
        footer: 2,
    },
    {
        id: "tab.next",
        keys: ["]"],
        title: "next tab",
        description: "The next tab of this pane.",
        group: "Go",
        footer: 8,
    },
    { id: "tab.previous", keys: ["["], title: "previous tab", description: "The tab before.", group: "Go" },
    {
        id: "pane.next",
        keys: ["tab"],
        title: "next pane",
        description: "Moves to the next pane.",
        group: "Go",
        footer: 9,
    },
    {
        id: "pane.previous",
        keys: ["shift-tab"],
        title: "previous pane",
        description: "Moves to the pane before.",
        group: "Go",
    },
    // Move
    { id: "move.up", keys: ["up", "k"], title: "up", description: "One line up.", group: "Move" },
    { id: "move.down", keys: ["down", "j"], title: "down", description: "One line down.", group: "Move" },
    {
        id: "move.left",
        keys: ["left", "h"],
        title: "left",
        description: "One column or level to the left.",
        group: "Move",
    },
    {
        id: "move.right",
        keys: ["right", "l"],
        title: "right",
        description: "One column or level to the right.",
        group: "Move",
    },
    { id: "move.pageUp", keys: ["pageup", "ctrl-u"], title: "page up", description: "A page up.", group: "Move" },
    {
        id: "move.pageDown",
        keys: ["pagedown", "ctrl-d"],
        title: "page down",
        description: "A page down.",
        group: "Move",
    },
    { id: "move.start", keys: ["g", "home"], title: "start", description: "To the first line.", group: "Move" },
    { id: "move.end", keys: ["G", "end"], title: "end", description: "To the last line.", group: "Move" },
    // Look
    {
        id: "find",
        keys: ["/"],
        title: "filter",
        description: "Filters the list, or finds text in the grid.",
        group: "Look",
        footer: 3,
    },
    { id: "find.next", keys: ["n"], title: "next match", description: "The next place that matches.", group: "Look" },
    {
        id: "find.previous",
        keys: ["N"],
        title: "previous match",
        description: "The place that matched before.",
        group: "Look",
    },
    {
        id: "failuresOnly",
        keys: ["!"],
        title: "failures",
        description: "Shows only what failed or warned, or everything again.",
        group: "Look",
        footer: 7,
    },
    { id: "showSql", keys: ["o"], title: "SQL", description: "The SQL behind what is shown.", group: "Look" },
    {
        id: "showLineage",
        keys: ["L"],
        title: "lineage",
        description: "The lineage of what is selected.",
        group: "Look",
    },
    {
        id: "showRows",
        keys: ["v"],
        title: "rows",
        description: "The rows of what is selected, in the grid.",
        group: "Look",
        footer: 6,
    },
    {
        id: "showChanges",
        keys: ["d"],
        title: "changed rows",
        description: "The rows that the run changed in this model, before and after.",
        group: "Look",
        footer: 6,
    },
    { id: "zoom", keys: ["z"], title: "zoom", description: "This pane alone, or all of them again.", group: "Look" },
    {
        id: "copy",
        keys: ["y"],
        title: "copy",
        description: "Copies the cell, the row, the SQL or the command that reopens this view.",
        group: "Look",
    },
    {
        id: "undo",
        keys: ["u"],
        title: "undo view",
        description: "Takes back the last change of the view.",
        group: "Look",
    },
    { id: "redo", keys: ["U"], title: "redo view", description: "Makes it again.", group: "Look" },
    { id: "refresh", keys: ["r"], title: "refresh", description: "Reads what is shown again.", group: "Look" },
    {
        id: "summary",
        keys: ["s"],
        title: "summary",
        description: "What the run came to: models that changed, failed or warned.",
        group: "Look",
        footer: 8,
    },
    {
        id: "mark",
        keys: ["space"],
        title: "mark",
        description: "Marks it, for a comparison of two.",
        group: "Look",
        footer: 6,
    },
    {
        id: "compare",
        keys: ["c"],
        title: "compare",
        description: "The two that are marked, side by side.",
        group: "Look",
        footer: 7,
    },
    // Build
    {
        id: "build",
        keys: ["b"],
        title: "build",
        description: "Plans a build of what is selected; shows the plan before it starts.",
        group: "Build",
        footer: 4,
        writes: true,
    },
    {
        id: "buildDownstream",
        keys: ["B"],
        title: "build downstream",
        description: "Plans a build of what is selected and everything made from it.",
        group: "Build",
        writes: true,
    },
    {
        id: "fullRefresh",
        keys: ["f"],
        title: "full refresh",
        description: "Plans to recompute all rows of what is selected.",
        group: "Build",
        writes: true,
    },
    {
        id: "test",
        keys: ["t"],
        title: "test",
        description: "Runs the data tests of what is selected.",
        group: "Build",
        footer: 5,
        writes: true,
    },
    {
        id: "retry",
        keys: ["R"],
        title: "retry",
        description: "Builds again what failed or was skipped.",
        group: "Build",
        writes: true,
    },
    {
        id: "cancel",
        keys: ["x"],
        title: "cancel",
        description: "Cancels the running build, query or export.",
        group: "Build",
        footer: 4,
    },
    {
        id: "cancelModel",
        keys: ["X"],
        title: "cancel model",
        description: "Cancels this model alone: what is made from it is skipped, the rest of the build goes on.",
        group: "Build",
        footer: 5,
    },
    {
        id: "jobs",
        keys: ["J"],
        title: "jobs",
        description: "What runs now and what has run: builds, exports, queries.",
        group: "Program",
    },
    // Data
    {
        id: "data.relation",
        keys: ["d"],
        title: "relation",
        description: "Chooses another relation.",
        group: "Data",
        footer: 3,
    },
    {
        id: "data.query",
        keys: ["Q"],
        title: "SQL prompt",
        description: "A statement of your own, read only.",
        group: "Data",
        footer: 6,
    },
    {
        id: "data.sort",
        keys: ["s"],
        title: "sort",
        description: "Sorts by this column: ascending, descending, not.",
        group: "Data",
        footer: 4,
    },
    {
        id: "data.addSort",
        keys: ["a"],
        title: "add sort",
        description: "Sorts by this column after the others.",
        group: "Data",
    },
    {
        id: "data.filterCell",
        keys: ["f"],
        title: "filter = cell",
        description: "Only rows with this cell's value.",
        group: "Data",
        footer: 5,
    },
    {
        id: "data.where",
        keys: ["w"],
        title: "where",
        description: "Only rows for which a condition in SQL holds.",
        group: "Data",
    },
    {
        id: "data.valueCounts",
        keys: ["F"],
        title: "value counts",
        description: "How often each value of this column occurs.",
        group: "Data",
        footer: 8,
    },
    {
        id: "data.statistics",
        keys: ["i"],
        title: "statistics",
        description: "Nulls, distinct values, range and distribution of this column.",
        group: "Data",
        footer: 8,
    },
    {
        id: "data.chart",
        keys: ["c"],
        title: "chart",
        description: "Chooses the chart beside the rows.",
        group: "Data",
        footer: 7,
    },
    {
        id: "data.freeze",
        keys: ["p"],
        title: "freeze",
        description: "Keeps the columns up to this one in view, or lets them go.",
        group: "Data",
    },
    { id: "data.widen", keys: [">"], title: "widen", description: "Makes this column wider.", group: "Data" },
    { id: "data.narrow", keys: ["<"], title: "narrow", description: "Makes this column narrower.", group: "Data" },
    { id: "data.hide", keys: ["-"], title: "hide column", description: "Hides this column.", group: "Data" },
    {
        id: "data.columns",
        keys: ["+"],
        title: "columns",
        description: "Chooses which columns are shown.",
        group: "Data",
    },
    {
        id: "data.goTo",
        keys: ["ctrl-g"],
        title: "go to row",
        description: "Goes to a row by its number, or by a share such as 50%.",
        group: "Data",
    },
    { id: "data.count", keys: ["#"], title: "exact count", description: "Counts the rows exactly.", group: "Data" },
    {
        id: "data.cell",
        keys: ["space"],
        title: "whole cell",
        description: "The whole value of this cell; JSON is laid out.",
        group: "Data",
        footer: 8,
    },
    {
        id: "data.export",
        keys: ["e"],
        title: "export",
        description: "Writes all rows of this view to a file.",
        group: "Data",
        footer: 9,
    },
    {
        id: "data.trace",
        keys: ["T"],
        title: "trace",
        description: "The rows upstream that this row was made from, down to the landing rows.",
        group: "Data",
        footer: 3,
    },
    {
        id: "data.row",
        keys: ["v"],
        title: "whole row",
        description: "All columns of this row, hidden ones too.",
        group: "Data",
    },
    // Lineage
    {
        id: "lineage.all",
        keys: ["a"],
        title: "everything",
        description: "The whole warehouse, from its landing tables on.",
        group: "Look",
        footer: 7,
    },
    {
        id: "lineage.graph",
        keys: ["d"],
        title: "graph",
        description: "Draws the lineage as boxes and lines, or as a tree again.",
        group: "Look",
        footer: 3,
    },
    // Program
    {
        id: "palette",
        keys: [":", "ctrl-p"],
        title: "commands",
        description: "Every action by name, with its key.",
        group: "Program",
        footer: 10,
    },
    {
        id: "help",
        keys: ["?"],
        title: "help",
        description: "What the keys do on this screen.",
        group: "Program",
        footer: 0,
    },
    {
        id: "theme",
        keys: ["ctrl-t"],
        title: "theme",
        description: "The next theme: dark, light, high contrast, colour-blind, mono.",
        group: "Program",
    },
    {
        id: "mouse",
        keys: ["M"],
        title: "mouse on/off",
        description: "Lets the mouse click here, or select text as usual.",
        group: "Program",
    },
    {
        id: "plainStream",
        keys: ["S"],
        title: "plain stream",
        description: "Leaves the interface for plain lines until the build ends.",
        group: "Program",
    },
    { id: "redraw", keys: ["ctrl-l"], title: "redraw", description: "Draws the whole screen again.", group: "Program" },
    {
        id: "suspend",
        keys: ["ctrl-z"],
        title: "suspend",
        description: "Back to the shell; `fg` returns.",
        group: "Program",
    },
    {
        id: "quit",
        keys: ["q"],
        title: "quit",
        description: "Back, and from Home out; asks while a build runs.",
        group: "Program",
        footer: 11,
    },
    {
        id: "interrupt",
        keys: ["ctrl-c"],
        title: "interrupt",
        description: "Cancels what runs; twice quits.",
        group: "Program",
    },
] as const satisfies readonly Binding[];

export type ActionId = (typeof keymap)[number]["id"];

export function findBinding(id: ActionId): Binding {
    // The ids are the table's own.
    return keymap.find((binding) => binding.id === id) as Binding;
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

/** Hints that are written with `⏎` and arrows, in words where those cannot be shown. */
export function formatHints(hints: string, { isAscii }: { readonly isAscii: boolean }): string {
    return isAscii ? hints.replaceAll("⏎", "enter").replaceAll("↑↓", "up/down").replaceAll("←→", "left/right") : hints;
}
