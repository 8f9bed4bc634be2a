import type { Database } from "../database/database.js";
import { formatQuantity } from "../text/format-values.js";
import { loadClusterServers, loadLocalBytes, loadSpreadTables, type SpreadTable } from "../warehouse/citus.js";
import type { Registry } from "../warehouse/registry.js";
import { failed, ok, warning, type Check } from "./check.js";

/** From this size on a table that is on the coordinator alone is worth a word: what is joined with it has to come here. */
const largeBytes = 8 * 1024 * 1024;

/** How the servers of a cluster and the tables on them are; to be asked of a cluster alone. */
export async function loadClusterChecks(database: Database, registry: Registry | null): Promise<readonly Check[]> {
    const { version, servers } = await loadClusterServers(database);
    const tables = await loadSpreadTables(database);
    const distributed = tables.filter(({ kind }) => kind === "distributed");
    const copied = tables.filter(({ kind }) => kind === "reference");
    const lost = servers.filter(({ answers }) => !answers);
    return [
        ok(
            "cluster",
            `Citus ${version}, ${formatQuantity(servers.length, "server")}; ${formatQuantity(distributed.length, "distributed table")}, ${formatQuantity(copied.length, "reference table")}`,
        ),
        ...lost.map(({ name }) =>
            failed(`server ${name} of the cluster`, "does not answer", "Start it, or move its shards to another one."),
        ),
        ...(registry === null ? [] : await checkTables(database, registry, tables)),
    ];
}

async function checkTables(
    database: Database,
    { sources, models, edges }: Registry,
    spread: readonly SpreadTable[],
): Promise<readonly Check[]> {
    const known = new Map(spread.map((table) => [`${table.schema}.${table.name}`, table]));
    const named = [
        ...sources.map(({ name, schema, table }) => ({ name, place: `${schema}.${table}` })),
        ...models
            .filter(({ materialisation }) => materialisation === "table")
            .map(({ name, schema }) => ({ name, place: `${schema}.${name}` })),
    ];
    const bytes = await loadLocalBytes(
        database,
        named.map(({ place }) => place),
    );
    const checks = named.flatMap(({ place }): readonly Check[] => {
        const table = known.get(place);
        const size = bytes.get(place) ?? 0;
        const megabytes = `${Math.round(size / 1024 / 1024)} MB`;
        if (table === undefined || table.kind === "local") {
            return size < largeBytes
                ? []
                : [
                      warning(
                          `table ${place}`,
                          `${megabytes} on the coordinator alone: rows of other servers come here to be joined with it`,
                          `Spread it: select create_distributed_table('${place}', '…'), or create_reference_table('${place}').`,
                      ),
                  ];
        }
        return size === 0
            ? []
            : [
                  warning(
                      `table ${place}`,
                      `${megabytes} of rows from before it was spread are still on the coordinator, where nothing reads them`,
                      `Free them: select truncate_local_data_after_distributing_table('${place}').`,
                  ),
              ];
    });
    const placeOf = new Map(named.map(({ name, place }) => [name, place]));
    const tableOf = (name: string): SpreadTable | undefined => known.get(placeOf.get(name) ?? "");
    const apart = edges.flatMap(({ modelName, upstreamName }): readonly Check[] => {
        const [own, other] = [tableOf(modelName), tableOf(upstreamName)];
        return own?.kind === "distributed" && other?.kind === "distributed" && own.colocation !== other.colocation
            ? [
                  warning(
                      `model ${modelName}`,
                      `reads ${upstreamName}, whose rows of one value are on another server than its own: its builds send them there`,
                      `Distribute both by columns of one type and with as many shards: alter_distributed_table('${other.schema}.${other.name}', colocate_with => '${own.schema}.${own.name}').`,
                  ),
              ]
            : [];
    });
    return [...checks, ...apart];
}
