import { describe, expect, test } from "vitest";
import { soundRules, type Rules } from "../../src/derivation/rules.js";
import { describeOnEmbedded, describeOnServer } from "../setup/databases.js";
import { countCases, searchTimeoutMs } from "../setup/effort.js";
import { add, checkCase, makeCase, type Outcome, type ScriptRunner } from "./check-mappings.js";
import { Random } from "../../src/prove/random.js";
import { shapes, type Shape } from "./random-select.js";
import { scriptRunnerOf, withScriptRunner } from "./script-runner.js";
import { makeTablesSql } from "./small-tables.js";

/** `STARDECK_TEST_EFFORT=20` searches for longer. */

/** Of each rule the shape of SELECT that needs it, and the number from which on random ones soon find that it is missing. */
const aims: Readonly<Record<keyof Rules, readonly [Shape, number]>> = {
    oneAnchor: ["cycle", 44],
    rowOfNulls: ["left", 1],
    outerEqualityTellsNothing: ["left", 21],
    onlyStrictConditionsReduce: ["leftFiltered", 15],
    expressionsStayOnTheirSide: ["leftFiltered", 15],
    groupsByTheirKeys: ["group", 77],
    windowsReachTheirPartition: ["window", 15],
    distinctOnReachesItsKey: ["distinctOn", 1],
    limitIsWhole: ["limit", 1],
    nullComparisonsCount: ["in", 16],
    onlyPlainSubqueriesCompare: ["in", 11],
    allBranches: ["set", 16],
    allUsedColumns: ["filter", 5],
    sameNotEqual: ["numbers", 16],
    partnersApart: ["validity", 154],
    onlyIdenticalStandIn: ["numbers", 5],
    ownTableMustHoldTheRow: ["leftOfWindow", 105],
    allAlternatives: ["alternatives", 10],
};

const batchCount = 10;

/** One random SELECT and what random changes do to it. */
async function tryOne(
    runner: ScriptRunner,
    seed: number,
    rules: Rules,
    shape: Shape,
    batches = batchCount,
): Promise<Outcome> {
    const random = new Random(seed);
    const outcome = await checkCase(runner, random, makeCase(random, shape), batches, rules);
    return { ...outcome, miss: outcome.miss === null ? null : `seed ${seed}, ${shape}\n${outcome.miss}` };
}

function isMissedEntity({ miss }: Outcome): boolean {
    return miss?.includes("\nmissed: ") === true;
}

describeOnServer("a rule of derivation", {}, (database) => {
    test.each(Object.entries(aims) as [keyof Rules, readonly [Shape, number]][])(
        "%s is missed when it is left out, and only then",
        async (rule, [shape, firstSeed]) => {
            await withScriptRunner(database.flags[1] ?? "", async (runner) => {
                await runner.script(makeTablesSql);
                const broken = { ...soundRules, [rule]: false };
                let seed = firstSeed;
                while (!isMissedEntity(await tryOne(runner, seed, broken, shape))) {
                    seed++;
                    expect(seed, "the tests do not notice that the rule is left out").toBeLessThan(firstSeed + 60);
                }
                expect((await tryOne(runner, seed, soundRules, shape)).miss).toBe(null);
            });
        },
        searchTimeoutMs,
    );
});

/** Random SELECTs of all shapes in turn, each time others. */
async function search(runner: ScriptRunner, caseCount: number, batches: number): Promise<Outcome> {
    await runner.script(makeTablesSql);
    const start = Math.floor(Math.random() * 1_000_000_000);
    let total: Outcome = { comparisons: 0, foundCount: 0, trueCount: 0, miss: null };
    for (let seed = start; seed < start + caseCount && total.miss === null; seed++) {
        const shape = shapes[seed % shapes.length] ?? "filter";
        total = add(total, await tryOne(runner, seed, soundRules, shape, batches));
    }
    return total;
}

describe("derived mappings miss no entity that changes", () => {
    describeOnServer("of random SELECTs", {}, (database) => {
        test(
            "whenever they are evaluated",
            async () => {
                const caseCount = countCases(70, shapes.length);
                const { miss, comparisons } = await withScriptRunner(database.flags[1] ?? "", (runner) =>
                    search(runner, caseCount, batchCount),
                );
                expect(miss).toBe(null);
                // What was compared with nothing proves nothing.
                expect(comparisons).toBeGreaterThan(caseCount);
            },
            searchTimeoutMs,
        );
    });

    describeOnEmbedded("of random SELECTs", {}, (database) => {
        test(
            "whenever they are evaluated",
            async () => {
                const caseCount = countCases(shapes.length, shapes.length);
                const { miss, comparisons } = await search(scriptRunnerOf(database.connected), caseCount, 3);
                expect(miss).toBe(null);
                expect(comparisons).toBeGreaterThan(caseCount / 4);
            },
            searchTimeoutMs,
        );
    });
});
