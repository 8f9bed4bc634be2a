import { expect } from "vitest";
import type { RunSummary } from "../../../src/engine/events.js";
import { emptyLanding, insertLanding, truncateLanding, type Landing } from "../../oracle/landing.js";
import { build, failuresOf } from "../../properties/build.js";
import type { TestDatabase } from "../../setup/databases.js";

const sourceSchema = "staging";

/** Lands these rows and no others, and builds everything from them; no test of error severity may fail. */
export async function publish(database: TestDatabase, landing: Partial<Landing>): Promise<RunSummary> {
    await truncateLanding(database.connected, sourceSchema);
    await insertLanding(database.connected, { ...emptyLanding, ...landing }, sourceSchema);
    const summary = await build(database, { fullRefresh: true });
    expect(failuresOf(summary)).toEqual([]);
    return summary;
}

/** The rows of a query, as arrays of text. */
export async function read(database: TestDatabase, sql: string): Promise<readonly (readonly (string | null)[])[]> {
    const { rows } = await database.connected.withTransaction((connection) => connection.queryText(sql));
    return rows;
}
