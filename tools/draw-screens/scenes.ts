import type { Condition } from "../../tests/stories/story-terminal.js";

/** What a person does, and what they see then. */
export interface Step {
    readonly press: readonly string[];
    readonly waitFor: Condition;
}

/** A picture: where its steps lead, from a start of stardeck on a built warehouse. */
export interface Scene {
    /** Begins the names of its files. */
    readonly name: string;
    /** What the picture shows, in a few words. */
    readonly title: string;
    /** The command line; the interface when not given. */
    readonly arguments?: readonly string[];
    readonly steps: readonly Step[];
    /** Dark when not given. */
    readonly background?: "dark" | "light";
}

const home: Step = { press: [], waitFor: "The warehouse" };

/** Every picture in docs/screens. Add one here, then `npm run screens`. */
export const scenes: readonly Scene[] = [
    { name: "home", title: "Home: the last run, what is stale, the marts", steps: [home] },
];

/** The recording, step after step in one session. */
export const tour: readonly Step[] = [home];
