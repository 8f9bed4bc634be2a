import type { Presentation } from "../../deck/presentation.js";
import type { ProjectFiles } from "../../warehouse/project-files.js";
import type { Load, Reader } from "../kit/load.js";
import type { Host } from "../kit/screen.js";
import type { Readable } from "../terminal/store.js";
import type { BuildMonitor } from "./builds/build-monitor.js";
import type { Catalogue } from "./catalogue.js";
import type { Jobs } from "./jobs.js";
import type { SharedReads } from "./shared-reads.js";

/** The state of the database connection. */
export type ConnectionState =
    | {
          readonly kind: "opening";
          readonly doing: string;
          /** How far the step is; null when that is not known. */
          readonly progress: string | null;
      }
    | { readonly kind: "open" }
    | { readonly kind: "lost"; readonly message: string; readonly retryAtMs: number };

/** The program as the screens see it. */
export interface App extends Host, Reader, SharedReads {
    readonly connection: Readable<ConnectionState>;
    readonly isReadOnly: boolean;
    /** The presented slides; null for the ordinary interface. */
    readonly presentation: Presentation | null;
    /** The files of the project; null when there are none, as in a presentation. */
    readonly files: ProjectFiles | null;
    /** Gives the terminal to another program until `use` ends. */
    readonly handOver: <T>(use: () => Promise<T>) => Promise<T>;
    /** The name of the database, without credentials. */
    readonly databaseName: string;
    readonly threads: number;
    /** Sources, models, data tests, their last results, and lineage: read once for all screens. */
    readonly catalogue: Load<Catalogue>;
    readonly builds: BuildMonitor;
    readonly jobs: Jobs;
    /** Returns to the previous screen. */
    readonly back: () => void;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Resolves a typed path against the working folder. */
    readonly resolvePath: (path: string) => string;
    readonly quit: () => void;
}
