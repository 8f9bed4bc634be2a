import type { Presentation } from "../../deck/presentation.js";
import type { ProjectFiles } from "../../warehouse/project-files.js";
import type { Load, Reader } from "../kit/load.js";
import type { Host } from "../kit/screen.js";
import type { Readable } from "../terminal/store.js";
import type { BuildMonitor } from "./builds/build-monitor.js";
import type { Catalogue } from "./catalogue.js";
import type { Jobs } from "./jobs.js";
import type { SharedReads } from "./shared-reads.js";

/** How things stand with the database. */
export type ConnectionState =
    | {
          readonly kind: "opening";
          readonly doing: string;
          /** How far it is, where that can be told. */
          readonly progress: string | null;
      }
    | { readonly kind: "open" }
    | { readonly kind: "lost"; readonly message: string; readonly retryAtMs: number };

/** What every screen works with. */
export interface App extends Host, Reader, SharedReads {
    readonly connection: Readable<ConnectionState>;
    readonly isReadOnly: boolean;
    /** What is presented; null for the ordinary interface. */
    readonly presentation: Presentation | null;
    /** The project that is worked on; null where there is none, as in a presentation. */
    readonly files: ProjectFiles | null;
    /** Gives the terminal to another program until `use` has ended. */
    readonly handOver: <T>(use: () => Promise<T>) => Promise<T>;
    /** What the database is called, without credentials. */
    readonly databaseName: string;
    readonly threads: number;
    /** Sources, models, data tests, lineage and how they last did: read once for all screens. */
    readonly catalogue: Load<Catalogue>;
    readonly builds: BuildMonitor;
    readonly jobs: Jobs;
    /** Returns to the screen before. */
    readonly back: () => void;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** A file in the working folder's sense: resolves a path that a person typed. */
    readonly resolvePath: (path: string) => string;
    readonly quit: () => void;
}
