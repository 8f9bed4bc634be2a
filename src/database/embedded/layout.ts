import { existsSync } from "node:fs";
import { join } from "node:path";

/** The paths of the embedded database's files, in its folder (`.stardeck`). */
export interface EmbeddedLayout {
    readonly folder: string;
    /** PostgreSQL's data directory. */
    readonly data: string;
    /** The log of the server process. */
    readonly log: string;
}

export function makeLayout(folder: string): EmbeddedLayout {
    return { folder, data: join(folder, "data"), log: join(folder, "server.log") };
}

/** True if the folder holds a database, even a damaged one. */
export function holdsDatabase(folder: string): boolean {
    return existsSync(join(makeLayout(folder).data, "PG_VERSION"));
}

/** The port in the name of the socket. No TCP port is opened. */
export const port = 5432;

/** The file name that every PostgreSQL client expects in a socket directory. */
export const socketName = `.s.PGSQL.${port}`;

/** The socket for cancel requests and questions, beside the database's. */
export const cancelSocketName = "cancel";

/** What `PG_VERSION` must contain: PGlite 0.5 is PostgreSQL 18. */
export const postgresMajorVersion = "18";
