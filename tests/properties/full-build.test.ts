import fc from "fast-check";
import { expect, test } from "vitest";
import { batches } from "../oracle/arbitraries.js";
import { expectWarehouse, loadWarehouse } from "../oracle/compare.js";
import { insertLanding, joinLandings, truncateLanding } from "../oracle/landing.js";
import { readLandingCsv } from "../oracle/read-landing-csv.js";
import { calculateWarehouse } from "../oracle/warehouse.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { searchTimeoutMs } from "../setup/effort.js";
import { describeWhereSampleExists, restoreLandingCsv } from "../setup/landing-tables.js";
import { build, effortOn, failuresOf } from "./build.js";

const sourceSchema = "staging";

describeOnBothDatabases("a full build", { template: "models", dividesAll: true }, (database) => {
    test(
        "makes of any landing rows what the reference calculates, and fails none of the error tests",
        async () => {
            await fc.assert(
                fc.asyncProperty(batches(), async (loads) => {
                    const landing = joinLandings(loads);
                    await truncateLanding(database.connected, sourceSchema);
                    await insertLanding(database.connected, landing, sourceSchema);
                    expect(failuresOf(await build(database, { fullRefresh: true }))).toEqual([]);
                    expectWarehouse(await loadWarehouse(database.connected), calculateWarehouse(landing));
                }),
                effortOn(database, { embedded: 5, server: 20 }),
            );
        },
        searchTimeoutMs,
    );
});

describeWhereSampleExists("the webshop sample", (sampleFolder) => {
    describeOnBothDatabases("a build", { template: "models" }, (database) => {
        test("makes of real landing tables what the reference calculates", async () => {
            await restoreLandingCsv(database.connected, sourceSchema, sampleFolder);
            expect(failuresOf(await build(database, { fullRefresh: false }))).toEqual([]);
            const expected = calculateWarehouse(await readLandingCsv(sampleFolder));
            expectWarehouse(await loadWarehouse(database.connected), expected);
        });
    });
});
