import type { Condition } from "../../tests/stories/story-terminal.js";

/** A user's action, and what the screen shows then. */
export interface Step {
    readonly press: readonly string[];
    readonly waitFor: Condition;
}

/** A picture: the screen after some steps, from a start of stardeck on the demo's warehouse. */
export interface Scene {
    /** Prefix of its file names. */
    readonly name: string;
    /** What the picture shows, in a few words. */
    readonly title: string;
    /** The command line; the interface when not given. */
    readonly arguments?: readonly string[];
    readonly steps: readonly Step[];
    /** Dark when not given. */
    readonly background?: "dark" | "light";
}

/** Holds when the slide with this number is shown completely. */
function slide(number: number): Condition {
    return (screen) =>
        screen.some((row) => new RegExp(` ${number}/\\d+$`).test(row)) &&
        !screen.some((row) => /Reading .*…/.test(row));
}

const home: Step = {
    press: [],
    waitFor: (screen) =>
        screen.some((row) => row.includes("Every model is up to date.")) &&
        screen.some((row) => row.includes("-29 % on the week before")) &&
        !screen.some((row) => /reading …| …$/.test(row)),
};
const history: Step = { press: ["7"], waitFor: /\+\d\d,\d{3}/ };

/** Every picture in docs/screens. Add one here, then `npm run screens`. */
export const scenes: readonly Scene[] = [
    { name: "home", title: "Home: the last run, the marts, what the data tests found", steps: [home] },
    {
        name: "models",
        title: "Models: sources, models and data tests by layer",
        steps: [home, { press: ["2"], waitFor: "stg_customer" }, { press: ["G"], waitFor: /▌.*mart_weekly_discounts/ }],
    },
    {
        name: "build",
        title: "Build: a run that failed, as it ended",
        steps: [
            home,
            history,
            { press: ["down", "down", "down"], waitFor: /▌.* 3 build/ },
            { press: ["enter"], waitFor: /Build #3 [^]*dim_product +FAIL/ },
        ],
    },
    {
        name: "tests",
        title: "Tests: what the data tests caught",
        steps: [home, { press: ["4"], waitFor: "1,095" }],
    },
    {
        name: "data",
        title: "Data: a mart, its rows and its chart",
        steps: [
            home,
            { press: ["5"], waitFor: "d relation" },
            { press: ["d"], waitFor: "Rows of" },
            { press: ["mart_weekly_discounts"], waitFor: "marts.mart_weekly_discounts" },
            { press: ["enter"], waitFor: "2025-02-17" },
        ],
    },
    {
        name: "sql",
        title: "SQL: a statement above its rows",
        steps: [
            home,
            { press: ["8"], waitFor: "[8 SQL]" },
            { press: ["select week_start, order_count from marts.mart_weekly_fulfilment order by 1"], waitFor: "by 1" },
            { press: ["enter"], waitFor: /query +10 rows/ },
        ],
    },
    {
        name: "lineage",
        title: "Lineage: what is made of what",
        steps: [home, { press: ["6"], waitFor: /\[6 Lineage\][^]*✓ .*stg_customer/ }],
    },
    { name: "history", title: "History: every run, and what it changed", steps: [home, history] },
    {
        name: "slide",
        title: "A slide of the demo, in the light theme",
        arguments: ["demo"],
        background: "light",
        steps: [
            { press: [], waitFor: slide(1) },
            { press: ["7", "enter"], waitFor: slide(7) },
        ],
    },
];

/** A step of the recording. */
export interface RecordedStep extends Step {
    /** How long it is shown. */
    readonly forMs: number;
    /** Advances the clock by this many tenths of a second; each is a frame. */
    readonly ticks?: number;
}

function show(number: number, forMs: number): RecordedStep {
    return { press: number === 1 ? [] : ["space"], waitFor: slide(number), forMs };
}

/** The recording: the demo, from its first slide to its last. */
export const recording: readonly RecordedStep[] = [
    show(1, 3_000),
    show(2, 4_000),
    show(3, 4_000),
    show(4, 4_000),
    show(5, 4_000),
    show(6, 3_000),
    show(7, 4_000),
    { press: ["s"], waitFor: "The SELECT of", forMs: 3_000 },
    { press: ["esc"], waitFor: slide(7), forMs: 500 },
    { press: ["enter"], waitFor: "[5 Data]", forMs: 3_000 },
    { press: ["esc"], waitFor: slide(7), forMs: 500 },
    show(8, 4_000),
    show(9, 4_000),
    show(10, 4_000),
    { ...show(11, 300), ticks: 60 },
    show(12, 4_000),
    { press: ["o"], waitFor: "All slides", forMs: 2_500 },
    { press: ["end"], waitFor: "All slides", forMs: 1_000 },
    { press: ["enter"], waitFor: slide(14), forMs: 4_000 },
];
