import { packageFolder } from "../config/package-folder.js";
import type { Settings } from "../config/settings.js";
import type { Database } from "../database/database.js";
import { holdsDatabase } from "../database/embedded/layout.js";
import { StardeckError } from "../database/errors.js";
import type { Project } from "../project/project.js";
import { loadLinks, proveModels, type Proof } from "../prove/prove-models.js";
import { sampleRows } from "../prove/sample-rows.js";
import { ScratchWarehouse, withScratchDatabase } from "../prove/scratch-warehouse.js";
import type { SourceRows } from "../prove/source-rows.js";
import { loadSourceTables } from "../prove/source-tables.js";
import { formatCount, formatQuantity } from "../text/format-values.js";
import { didYouMean } from "../text/nearest-name.js";
import { defineCommand, type FlagValues, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { loadProject } from "./load-project.js";
import { openDatabase } from "./open-database.js";
import type { Output } from "./output.js";
import { printCounterexample } from "./print-counterexample.js";

const usualRounds = 50;
const greatestSeed = 4_294_967_295;

/** How many rounds pass between two lines of progress. */
const roundsBetweenWords = 25;

const flags = {
    rounds: {
        type: "number",
        placeholder: "N",
        description: `How often rows are changed, built and compared (default: ${usualRounds})`,
        isWhole: true,
        least: 1,
        most: 1_000_000,
    },
    seed: {
        type: "number",
        placeholder: "S",
        description: "Repeats a run: the same rows of the same database, changed in the same way",
        isWhole: true,
        least: 0,
        most: greatestSeed,
    },
} as const;

export const command = defineCommand({
    name: "prove",
    description:
        "Tries whether builds leave exactly what a full refresh would, on this project: takes some rows of its sources into a scratch database, inserts, updates and deletes at random as each kind of source allows, with late and duplicate rows, builds after each round and compares every table.\nWhat differs is made small and printed: the rows, the changes, and the cells. Your database is only read; where there is none yet, rows are made up from the declared columns of the sources.",
    arguments: [
        {
            name: "MODEL",
            isRequired: false,
            isMultiple: true,
            description: "Table models, with all that they read; without one, all.",
        },
    ],
    flags,
    examples: [
        { command: "stardeck prove", does: "Every model of the project." },
        { command: "stardeck prove fct_orders --rounds 200", does: "One model and what it reads, for longer." },
        { command: "stardeck prove --seed 7 --json", does: "In a pipeline: always the same run." },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: prove,
});

/** Compares incremental builds with full refreshes over random changes. */
export async function prove(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { settings, output, signal } = invocation;
    const { rounds = usualRounds, seed = Math.floor(Math.random() * greatestSeed) } = invocation.flags;
    const modelNames = invocation.arguments;
    const { project } = await loadProject(settings, null);
    checkModels(project, modelNames);
    if (settings.database.kind === "server") {
        // Fail early if the server cannot be reached, before starting a scratch database.
        await withRealDatabase(settings, output, () => Promise.resolve());
    }
    return withScratchDatabase(async (scratch) => {
        const { warehouse, links, sampled } = await prepare(scratch, invocation, seed);
        const rowCount = [...sampled.values()].flat().length;
        const from = rowCount === 0 ? "made-up rows" : formatQuantity(rowCount, "sampled row");
        output.talk(`Seed ${seed}: ${formatQuantity(rounds, "round")} over ${from}.`);
        const proof = await proveModels(warehouse, links, {
            modelNames,
            rounds,
            seed,
            sampled,
            signal,
            onRound: (round) => {
                if (round % roundsBetweenWords === 0 && round < rounds) {
                    output.talk(`Round ${round} of ${rounds}: no difference so far.`);
                }
            },
            onFault: (modelName, round) => {
                output.talk(`Round ${round}: ${modelName} differs. Looking for the fewest rows that show it.`);
            },
        });
        const again = ["stardeck prove", ...modelNames, `--rounds ${proof.rounds}`, `--seed ${seed}`].join(" ");
        return print(proof, { warehouse, seed, again, output });
    });
}

/** @throws StardeckError `usage` for a model that is unknown or not a table, and if nothing can change */
function checkModels({ models, sources }: Project, given: readonly string[]): void {
    const tables = models.filter(({ materialisation }) => materialisation === "table").map(({ name }) => name);
    for (const name of given) {
        const model = models.find((each) => each.name === name);
        if (model === undefined) {
            throw new StardeckError(`There is no model "${name}".`, {
                code: "usage",
                hint: didYouMean(name, tables, "`stardeck ls` lists all models."),
            });
        }
        if (model.materialisation === "view") {
            throw new StardeckError(`"${name}" is a view: it holds no rows that could become stale.`, {
                code: "usage",
                hint: "Name a table that reads it.",
            });
        }
    }
    if (tables.length === 0) {
        throw new StardeckError("The project has no table model: there is nothing to prove.", {
            code: "usage",
            hint: "A view is computed at each reading and cannot become stale.",
        });
    }
    if (sources.every(({ kind }) => kind === "seed")) {
        throw new StardeckError("The project declares no source: there is nothing that could change.", {
            code: "usage",
            hint: "Describe what is landed in migrations/sources; `stardeck init --from-database` does it for a whole database.",
        });
    }
}

interface Prepared {
    readonly warehouse: ScratchWarehouse;
    readonly links: Awaited<ReturnType<typeof loadLinks>>;
    readonly sampled: SourceRows;
}

/** Makes the project in the scratch database, and samples rows from the real one if there is one. */
async function prepare(
    scratch: Database,
    { settings, output, signal }: Invocation<FlagValues<typeof flags>>,
    seed: number,
): Promise<Prepared> {
    return withRealDatabase(settings, output, async (real) => {
        const { project, sourceSchema } = await loadProject(settings, real);
        const tables =
            real === null
                ? await loadSourceTables(null, project.sources, sourceSchema)
                : await real.withTransaction(
                      (connection) => loadSourceTables(connection, project.sources, sourceSchema),
                      { readOnly: true, signal },
                  );
        if (tables.length === 0) {
            const own = project.sources.filter(({ kind }) => kind !== "seed");
            const names = own.map(({ name }) => name).join(", ");
            throw new StardeckError(`No source is in the database, and none declares its columns: ${names}.`, {
                code: "usage",
                hint: "Name the database with --database-url, or declare `columns` of the sources.",
            });
        }
        const { warehouse, left } = await ScratchWarehouse.make(scratch, tables, project, sourceSchema, signal);
        for (const sql of left) {
            output.talk(`Left out, because it does not go in the scratch database: ${sql}`);
        }
        const links = await loadLinks(warehouse);
        const sampled: SourceRows =
            real === null
                ? new Map()
                : await real.withReadOnlyTransaction((connection) => sampleRows(connection, tables, links, seed), {
                      isolation: "repeatable read",
                      isGuarded: true,
                      signal,
                  });
        return { warehouse, links, sampled };
    });
}

/** Opens the database to sample rows from, for reading; for the bundled webshop, its demo; null if there is none yet. */
async function withRealDatabase<T>(
    settings: Settings,
    output: Output,
    use: (database: Database | null) => Promise<T>,
): Promise<T> {
    const { database, project } = settings;
    if (database.kind === "server" || holdsDatabase(database.folder)) {
        return openDatabase({ settings: { ...settings, readOnly: true }, output }, use);
    }
    if (project.folder !== packageFolder) {
        return use(null);
    }
    const { openDemoDatabase } = await import("../demo/open-demo-database.js");
    return openDemoDatabase(settings, use);
}

interface Printed {
    readonly warehouse: ScratchWarehouse;
    readonly seed: number;
    /** The command line that repeats the run up to where it ended. */
    readonly again: string;
    readonly output: Output;
}

function print(proof: Proof, { warehouse, seed, again, output }: Printed): ExitCode {
    const { rounds, impossibleRounds, impossibleReason, changeCount, counterexample } = proof;
    if (counterexample !== null) {
        printCounterexample(counterexample, warehouse, again, output);
    }
    const comparedRounds = rounds - impossibleRounds;
    if (output.isJson) {
        output.record({
            type: "proof",
            isProven: counterexample === null && comparedRounds > 0,
            seed,
            rounds,
            comparedRounds,
            changedRows: changeCount,
            models: proof.modelNames,
            alwaysRebuilt: proof.alwaysRebuilt,
            pairs: proof.pairCount,
            triedPairs: proof.triedPairCount,
            command: again,
        });
    }
    if (counterexample !== null) {
        return exitCodes.failed;
    }
    if (comparedRounds === 0) {
        throw new StardeckError(`In no round could the models be computed: ${impossibleReason ?? "they failed"}.`, {
            code: "failed",
            hint: "A full refresh fails there as well, so nothing was compared. Another --seed takes other rows.",
        });
    }
    if (!output.isJson) {
        output.line(
            `No difference: ${formatQuantity(proof.modelNames.length, "table")} compared with a full refresh after each of ${formatQuantity(comparedRounds, "round")}, ${formatQuantity(changeCount, "changed row")} in all; ${formatCount(proof.triedPairCount)} of ${formatQuantity(proof.pairCount, "pair")} of a table and what it reads were rebuilt by entities after a change.`,
        );
    }
    if (impossibleRounds > 0) {
        output.talk(
            `${formatQuantity(impossibleRounds, "round")} could not be compared, because a full refresh fails on their rows too: ${impossibleReason ?? ""}`,
        );
    }
    if (proof.alwaysRebuilt.length > 0) {
        output.talk(`Not compared, because each build makes them anew: ${proof.alwaysRebuilt.join(", ")}.`);
    }
    return exitCodes.done;
}
