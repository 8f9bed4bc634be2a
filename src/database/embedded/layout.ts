import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where the embedded database keeps its files, below the folder it was given (`.stardeck`). */
export interface EmbeddedLayout {
    readonly folder: string;
    /** PostgreSQL's data directory. */
    readonly data: string;
    /** What the server process last wrote about itself, for diagnosis. */
    readonly log: string;
}

export function makeLayout(folder: string): EmbeddedLayout {
    return { folder, data: join(folder, "data"), log: join(folder, "server.log") };
}

/** True if a database has been made in the folder, sound or not. */
export function holdsDatabase(folder: string): boolean {
    return existsSync(join(makeLayout(folder).data, "PG_VERSION"));
}

/** The port in the name of the socket. There is no TCP port behind it. */
export const port = 5432;

/** The file name that every PostgreSQL client expects in a socket directory. */
export const socketName = `.s.PGSQL.${port}`;

/** The socket for cancel requests and questions, beside the database's. */
export const cancelSocketName = "cancel";

/** What `PG_VERSION` must say: PGlite 0.5 is PostgreSQL 18. */
export const postgresMajorVersion = "18";
