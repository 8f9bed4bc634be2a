import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withDatabase, type Database } from "../database/database.js";
import { readInputsOrNull, writeArchive } from "../database/embedded/data-archive.js";
import { makeLayout } from "../database/embedded/layout.js";
import { demoArchive, digestInputs } from "./demo-archive.js";
import { makeDemoWarehouse } from "./make-demo-warehouse.js";

// Run by `npm run build`: a prepared demo opens in a second, while building it takes many.
const inputs = digestInputs();
if (readInputsOrNull(demoArchive) !== inputs) {
    const folder = mkdtempSync(join(tmpdir(), "stardeck-prepare-demo-"));
    try {
        await onDatabase(folder, (database) => database.maintain("alter system set wal_recycle = off"));
        await onDatabase(folder, makeDemoWarehouse);
        const lastSegment = await onDatabase(folder, beginSegment);
        removeOtherSegments(folder, lastSegment);
        await writeArchive(makeLayout(folder).data, demoArchive, inputs);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Opens the database for one step only, because settings of the server take effect at the next start. */
function onDatabase<T>(folder: string, use: (database: Database) => Promise<T>): Promise<T> {
    const options = { connectTimeoutMs: 30_000, statementTimeoutMs: 0, maxConnections: 2 };
    return withDatabase({ kind: "embedded", folder }, options, use);
}

/** Compacts the tables, and begins a new segment of the write-ahead log: the only one that the next start needs. */
async function beginSegment(database: Database): Promise<string> {
    await database.maintain("vacuum (full, analyze)");
    await database.maintain("alter system reset wal_recycle");
    await database.query("select pg_switch_wal()");
    await database.query("checkpoint");
    const { rows } = await database.query<{ name: string }>("select pg_walfile_name(pg_current_wal_lsn()) as name");
    return rows[0]?.name ?? "";
}

function removeOtherSegments(folder: string, lastSegment: string): void {
    const log = join(makeLayout(folder).data, "pg_wal");
    for (const name of readdirSync(log).filter((each) => /^[0-9A-F]{24}$/.test(each) && each !== lastSegment)) {
        rmSync(join(log, name));
    }
}
