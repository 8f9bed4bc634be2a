import type { BuildListener } from "./events.js";

/** What a run is asked to do, and how. */
export interface BuildOptions {
    /** `build` materialises and tests, `run` only materialises, `test` only tests. */
    readonly command: "build" | "run" | "test";
    /** Selectors as the user gave them; empty for every model. */
    readonly select: readonly string[];
    readonly exclude: readonly string[];
    readonly fullRefresh: boolean;
    /** Start nothing more after the first failure. */
    readonly failFast: boolean;
    readonly threads: number;
    /** Publish the whole run in one transaction, or nothing if anything fails; one thread then. */
    readonly isAtomic?: boolean;
    /** Go on although a landing table lost rows: everything that reads it is rebuilt. */
    readonly acceptSourceShrink?: boolean;
    /** The share of a model's entities from which rebuilding it whole is taken to be cheaper; `wholeModelShareDefault` when not given. */
    readonly wholeModelShare?: number;
    /** How many blocks at the end of a landing table are counted however the server's counters stand; `tailBlocksDefault` when not given. */
    readonly tailBlocks?: number;
    /** Stops the build when aborted: running statements are cancelled, nothing half-built stays. */
    readonly signal: AbortSignal;
    /** Gives up one model when aborted, as though it had failed: what is made from it is skipped, the rest goes on. */
    readonly signalOfModel?: (modelName: string) => AbortSignal;
    readonly onEvent: BuildListener;
    /** Given, the build waits while another one runs; called once for each that it waits for. */
    readonly onWait?: (message: string) => void;
}
