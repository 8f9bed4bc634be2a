import { expect, test } from "vitest";
import { traceColumns, type SelectLineage } from "../../src/derivation/column-lineage.js";
import { loadCatalogue } from "../../src/warehouse/load-catalogue.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { countCases, searchTimeoutMs } from "../setup/effort.js";
import { makeCase, type ScriptRunner } from "./check-mappings.js";
import { Random } from "../../src/prove/random.js";
import { shapes, type Shape } from "./random-select.js";
import { scriptRunnerOf } from "./script-runner.js";
import {
    fillSql,
    makeTablesSql,
    randomTables,
    tableColumns,
    tableNames,
    withOtherValues,
    type Tables,
} from "./small-tables.js";

/** `STARDECK_TEST_EFFORT=20` searches for longer. */

async function traceView(runner: ScriptRunner): Promise<SelectLineage> {
    const catalogue = await loadCatalogue(runner, ["tables.q"], () => null);
    const view = catalogue.relations.get("tables.q");
    if (view === undefined) {
        throw new Error("no view");
    }
    return traceColumns(view, catalogue);
}

/** The values of a column of the view, as a text; the order of rows is nobody's promise. */
function valuesSql(column: string): string {
    return `select coalesce(string_agg(${column}::text, ',' order by ${column}::text), '') as values, count(*)::int as count from tables.q`;
}

interface Outcome {
    /** Changes of landing values that lineage says a column does not depend on. */
    readonly comparisons: number;
    /** Those after which the column was different all the same, for people; null where there is none. */
    readonly miss: string | null;
}

/** Changes what a column does not depend on, and looks whether the column changes. */
async function tryOne(
    runner: ScriptRunner,
    seed: number,
    shape: Shape,
    take: (lineage: SelectLineage, column: string) => readonly { readonly relation: string; readonly column: string }[],
): Promise<Outcome> {
    const random = new Random(seed);
    const { select } = makeCase(random, shape);
    try {
        await runner.script(["drop view if exists tables.q", `create view tables.q as ${select.sql}`]);
    } catch {
        // Not every join can be a full one, not every value be compared.
        return { comparisons: 0, miss: null };
    }
    const lineage = await traceView(runner);
    const fill = (tables: Tables): readonly string[] => tableNames.flatMap((name) => fillSql(name, tables[name]));
    let comparisons = 0;
    for (const { name: column } of random.some(select.columns, 2)) {
        const known = new Set(take(lineage, column).map(({ relation, column: name }) => `${relation}.${name}`));
        const before = randomTables(random);
        const free = tableNames.map((table): readonly [string, readonly number[]] => [
            table,
            [...tableColumns.keys()].filter((place) => !known.has(`${table}.${tableColumns[place]?.name ?? ""}`)),
        ]);
        const after = withOtherValues(random, before, new Map(free));
        const statements = [...fill(before), valuesSql(column), ...fill(after), valuesSql(column)];
        let answers: readonly object[];
        try {
            answers = (await runner.script(statements)).flatMap((rows) => rows.filter((row) => "values" in row));
        } catch {
            // A cast or a subquery that fails on some rows.
            continue;
        }
        comparisons++;
        const [first, second] = answers;
        if (JSON.stringify(first) !== JSON.stringify(second)) {
            const told = [select.sql, JSON.stringify([...known]), JSON.stringify(before), JSON.stringify(after)];
            return { comparisons, miss: `seed ${seed}, ${shape}, ${column}\n${told.join("\n")}` };
        }
    }
    return { comparisons, miss: null };
}

const everything = ({ columns, rows }: SelectLineage, name: string) => [...(columns.get(name)?.values ?? []), ...rows];

describeOnBothDatabases("the lineage of columns", {}, (database) => {
    test("names all that a column depends on", { timeout: searchTimeoutMs }, async () => {
        const runner = scriptRunnerOf(database.connected);
        await runner.script(makeTablesSql);
        const start = Math.floor(Math.random() * 1_000_000_000);
        let comparisons = 0;
        const count = countCases(60, shapes.length);
        for (let seed = start; seed < start + count; seed++) {
            const outcome = await tryOne(runner, seed, shapes[seed % shapes.length] ?? "filter", everything);
            expect(outcome.miss).toBe(null);
            comparisons += outcome.comparisons;
        }
        expect(comparisons).toBeGreaterThan(count);
    });

    test.each([
        ["values", ({ rows }: SelectLineage) => rows],
        ["rows", ({ columns }: SelectLineage, name: string) => columns.get(name)?.values ?? []],
    ])("is noticed to be short when its %s are left out", async (_, take) => {
        const runner = scriptRunnerOf(database.connected);
        await runner.script(makeTablesSql);
        let seed = 1;
        while ((await tryOne(runner, seed, shapes[seed % shapes.length] ?? "filter", take)).miss === null) {
            seed++;
            expect(seed, "the test does not notice what is left out").toBeLessThan(200);
        }
    });
});
