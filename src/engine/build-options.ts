import type { BuildListener } from "./events.js";

/** What a run has to do, and how. */
export interface BuildOptions {
    /** `build` materialises and tests, `run` only materialises, `test` only tests. */
    readonly command: "build" | "run" | "test";
    /** Selectors as the user gave them; empty for every model. */
    readonly select: readonly string[];
    readonly exclude: readonly string[];
    readonly fullRefresh: boolean;
    /** Start no further model after the first failure. */
    readonly failFast: boolean;
    readonly threads: number;
    /** Publish the whole run in one transaction, or nothing if anything fails; uses one thread. */
    readonly isAtomic?: boolean;
    /** Go on although a landing table has lost rows: everything that reads it is rebuilt. */
    readonly acceptSourceShrink?: boolean;
    /** The share of a model's entities from which a whole rebuild counts as cheaper; `wholeModelShareDefault` when not given. */
    readonly wholeModelShare?: number;
    /** How many blocks at the end of a landing table are always counted, whatever the server's counters say; `tailBlocksDefault` by default. */
    readonly tailBlocks?: number;
    /** Stops the build when aborted: running statements are cancelled, and nothing half-built stays. */
    readonly signal: AbortSignal;
    /** Gives up one model when aborted, as if it had failed: the models that read it are skipped, the rest goes on. */
    readonly signalOfModel?: (modelName: string) => AbortSignal;
    readonly onEvent: BuildListener;
    /** If given, the build waits while another one runs; called once for each build that it waits for. */
    readonly onWait?: (message: string) => void;
}
