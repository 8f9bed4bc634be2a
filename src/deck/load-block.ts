import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { statementSettings } from "../database/session-settings.js";
import type { ReadOptions } from "../browse/relation.js";
import { findRelation } from "../browse/find-relation.js";
import { loadRegistry } from "../warehouse/registry.js";
import type { Connection } from "../database/connection.js";
import type { BlockContent } from "./block-content.js";
import type { LiveBlock } from "./live-block.js";
import { loadLineage } from "./load-lineage.js";
import { loadModelSqlOrNull } from "./load-model-sql.js";
import { loadReplay } from "./load-replay.js";
import { loadRows } from "./load-rows.js";
import { loadSources } from "./load-sources.js";
import { loadStar } from "./load-star.js";
import { loadTests } from "./load-tests.js";

/**
 * Reads the content of a block, in one READ ONLY transaction.
 *
 * @throws StardeckError when something is wrong with the block or the warehouse.
 */
export function loadBlock(database: Database, block: LiveBlock, options: ReadOptions): Promise<BlockContent> {
    const isPersons = "from" in block && block.from.kind === "sql" && block.from.isOurs !== true;
    return database.withReadOnlyTransaction((connection) => load(connection, block), {
        ...options,
        roleSettings: isPersons ? statementSettings : [],
        // The other kinds use only stardeck's own SQL.
        isGuarded: "from" in block,
    });
}

async function load(connection: Connection, block: LiveBlock): Promise<BlockContent> {
    switch (block.kind) {
        case "chart":
        case "table":
        case "query":
        case "figures":
            return { kind: "rows", rows: await loadRows(connection, block.from) };
        case "sql":
            return loadSql(connection, block.model);
        case "lineage":
            return { kind: "lineage", lineage: await loadLineage(connection, block.of) };
        case "star":
            return loadStar(connection, block.fact);
        case "sources":
            return { kind: "report", report: await loadSources(connection) };
        case "tests":
            return { kind: "report", report: await loadTests(connection, block) };
        case "replay":
            return { kind: "run", recorded: await loadReplay(connection, block.run) };
    }
}

async function loadSql(connection: Connection, name: string): Promise<BlockContent> {
    const registry = await loadRegistry(connection);
    const relation = findRelation(registry, name);
    const model = registry.models.find((each) => each.name === relation.name);
    const sql = model === undefined ? null : await loadModelSqlOrNull(connection, model);
    if (sql === null) {
        throw new StardeckError(`${relation.schema}.${relation.name} is a landing table and has no SELECT.`, {
            code: "usage",
            hint: "Name a model: `stardeck ls` lists them.",
        });
    }
    return { kind: "sql", name: `${relation.schema}.${relation.name}`, sql };
}
