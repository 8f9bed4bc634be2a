import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { batches } from "../oracle/arbitraries.js";
import { expectWarehouse, loadWarehouse } from "../oracle/compare.js";
import { emptyLanding, insertLanding, joinLandings, truncateLanding } from "../oracle/landing.js";
import { calculateWarehouse } from "../oracle/warehouse.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { searchTimeoutMs } from "../setup/effort.js";
import { mishaps } from "./mishaps.js";
import { build, changedModelsOf, effortOn, failuresOf } from "./build.js";

const sourceSchema = "staging";

// In worlds this small nearly every model would be rebuilt whole; mostly insist on rebuilding entities.
const share = fc.constantFrom(1000, 1000, 1000, 0.2);

// And mostly let the server's counters vouch for most of the few blocks.
const tail = fc.constantFrom(1, 2, 1024);

// What befalls the landing tables after each batch: mostly nothing.
const nothing = mishaps.slice(0, 1);
const fate = fc.array(
    fc.oneof(
        { arbitrary: fc.constantFrom(...nothing), weight: 3 },
        { arbitrary: fc.constantFrom(...mishaps), weight: 2 },
    ),
    {
        minLength: 4,
        maxLength: 4,
    },
);

describeOnBothDatabases(
    "builds after each batch, and after what befalls landing tables",
    { template: "models" },
    (database) => {
        beforeAll(async () => {
            for (const table of ["customer", "product", "orders", "orderitem", "event"]) {
                await database.connected.query(`alter table ${sourceSchema}.${table} set (fillfactor = 10)`);
            }
        });

        test(
            "leave every table as one full refresh would, and as the reference calculates",
            async () => {
                await fc.assert(
                    fc.asyncProperty(
                        batches(),
                        share,
                        tail,
                        fate,
                        async (loads, wholeModelShare, tailBlocks, fates) => {
                            await truncateLanding(database.connected, sourceSchema);
                            await build(database, { fullRefresh: true });
                            let landed = emptyLanding;
                            for (const [index, batch] of loads.entries()) {
                                await insertLanding(database.connected, batch, sourceSchema);
                                landed = joinLandings([landed, batch]);
                                landed =
                                    (await fates[index]?.befall(database.connected, sourceSchema, landed)) ?? landed;
                                await database.connected.query("select pg_stat_force_next_flush()");
                                const scope = {
                                    fullRefresh: false,
                                    acceptSourceShrink: true,
                                    wholeModelShare,
                                    tailBlocks,
                                };
                                expect(failuresOf(await build(database, scope))).toEqual([]);
                                expectWarehouse(await loadWarehouse(database.connected), calculateWarehouse(landed));
                            }
                            expect(changedModelsOf(await build(database, { fullRefresh: true }))).toEqual([]);
                        },
                    ),
                    effortOn(database, { embedded: 2, server: 8 }),
                );
            },
            searchTimeoutMs,
        );
    },
);
