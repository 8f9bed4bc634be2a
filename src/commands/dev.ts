import type { ComparedModel } from "../engine/compare-model.js";
import { formatComparison } from "../engine/format-comparison.js";
import { tryModel } from "../engine/try-model.js";
import type { Database } from "../database/database.js";
import { ConnectionError, StardeckError } from "../database/errors.js";
import { stemOf } from "../project/list-model-files.js";
import type { Project } from "../project/project.js";
import { watchProject } from "../project/watch-project.js";
import { formatDuration, formatQuantity } from "../text/format-values.js";
import { didYouMean } from "../text/nearest-name.js";
import type { Plan } from "../warehouse/apply/plan.js";
import { planMigrations } from "../warehouse/migrations.js";
import { defineCommand, type Invocation } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { errorRecord, formatError } from "./format-error.js";
import { loadProject } from "./load-project.js";
import { openForWriting } from "./open-database.js";
import { styled, type Output } from "./output.js";
import type { RanUnitTest } from "../warehouse/unit-tests/run-unit-tests.js";
import { printUnitTest } from "./unit-tests.js";

const maxRows = 10;
/** How many models to show; the others are only named. */
const maxModels = 3;

export const command = defineCommand({
    name: "dev",
    description:
        "Watches the project: at each save it says what is wrong with the files, or shows the model's first rows, its unit tests, and in what its rows differ from the published ones.\nNothing lands: everything is tried out in transactions that are rolled back, and readers notice nothing of it.",
    arguments: [
        {
            name: "MODEL",
            description: "The model to show at each save; without it, the one that was saved.",
            isRequired: false,
        },
    ],
    flags: {},
    examples: [{ command: "stardeck dev mart_weekly_discounts", does: "Shows it now, and at each save." }],
    writes: true,
    endsWhenInterrupted: "at-once",
    run: dev,
});

/** Shows the effect of each save, until it is interrupted. */
export async function dev(invocation: Invocation): Promise<ExitCode> {
    const { settings, signal } = invocation;
    const changes = watchProject(settings.project.folder, signal);
    /** The files that were saved; null at the start. */
    let paths: readonly string[] | null = null;
    /** The promise of the next save. It is shared, so that none is lost when the connection is. */
    let next = changes.next();
    const awaitSave = async (): Promise<boolean> => {
        const { done, value } = await next;
        if (done === true) {
            return false;
        }
        paths = value;
        next = changes.next();
        return true;
    };
    const connection: { wasOpen: boolean } = { wasOpen: false };
    for (;;) {
        try {
            await openForWriting(invocation, async (database) => {
                connection.wasOpen = true;
                do {
                    await showUntil(next, (newer) => show(database, invocation, paths, newer));
                } while (await awaitSave());
            });
            return exitCodes.done;
        } catch (error) {
            if (!(error instanceof ConnectionError) || !connection.wasOpen) {
                throw error;
            }
            printError(error, invocation);
            invocation.output.talk("The next save tries the database again.");
            if (!(await awaitSave())) {
                return exitCodes.done;
            }
        }
    }
}

/** Aborts `use` as soon as there is a newer save to show. */
async function showUntil(newer: Promise<unknown>, use: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    void newer.then(
        () => {
            controller.abort(new Error("there is a newer save"));
        },
        () => undefined,
    );
    try {
        await use(controller.signal);
    } catch (error) {
        if (!controller.signal.aborted) {
            throw error;
        }
    }
}

/** Shows the saved models, or what is wrong with the project. */
async function show(
    database: Database,
    invocation: Invocation,
    paths: readonly string[] | null,
    newer: AbortSignal,
): Promise<void> {
    const { settings, output, signal } = invocation;
    try {
        const { project, sourceSchema } = await loadProject(settings, database);
        const plan = await planMigrations(database, { project, sourceSchema });
        const names = chooseModels(project, plan, invocation.arguments[0], paths);
        if (names.length > maxModels) {
            output.talk(`${formatQuantity(names.length, "model")} differ from the database: ${names.join(", ")}.`);
        }
        if (names.length === 0) {
            output.talk(
                paths === null ? "Watching: save a model to see its rows." : "Nothing that a model shows was changed.",
            );
        }
        for (const name of names.slice(0, maxModels)) {
            await showModel(database, {
                project,
                sourceSchema,
                name,
                output,
                signal: AbortSignal.any([signal, newer]),
            });
        }
        if (plan.migrations.length > 0) {
            output.talk(
                `${formatQuantity(plan.migrations.length, "migration")} waiting: \`stardeck migrate\` runs them.`,
            );
        }
    } catch (error) {
        if (!(error instanceof StardeckError) || error instanceof ConnectionError || signal.aborted || newer.aborted) {
            throw error;
        }
        printError(error, invocation);
    }
}

/** @throws StardeckError `usage` for an unknown model */
function chooseModels(
    { models }: Project,
    plan: Plan,
    wanted: string | undefined,
    paths: readonly string[] | null,
): readonly string[] {
    const names = models.map(({ name }) => name);
    if (wanted !== undefined) {
        if (!names.includes(wanted)) {
            throw new StardeckError(`There is no model "${wanted}".`, {
                code: "usage",
                hint: didYouMean(wanted, names, "`stardeck ls` lists all models."),
            });
        }
        return [wanted];
    }
    const saved = new Set(paths?.map(stemOf));
    const own = models.filter(({ selectPath }) => saved.has(stemOf(selectPath))).map(({ name }) => name);
    if (own.length > 0) {
        return own;
    }
    // A file that several models import was saved, or files were saved before the watch began.
    const planned = plan.models.filter(({ kind }) => kind !== "removed").map(({ name }) => name);
    return names.filter((name) => planned.includes(name));
}

interface ShownModel {
    readonly project: Project;
    readonly sourceSchema: string;
    readonly name: string;
    readonly output: Output;
    readonly signal: AbortSignal;
}

async function showModel(
    database: Database,
    { project, sourceSchema, name, output, signal }: ShownModel,
): Promise<void> {
    const { compared, ran, tookMs } = await tryModel(database, { project, sourceSchema, name, maxRows, signal });
    if (output.isJson) {
        output.record({ type: "model", name, ...compared, durationMs: Math.round(tookMs) });
        for (const each of ran) {
            await printUnitTest(each, project.folder, output);
        }
        return;
    }
    await printModel({ name, compared, ran, tookMs, folder: project.folder }, output);
}

interface PrintedModel {
    readonly name: string;
    readonly compared: ComparedModel;
    readonly ran: readonly RanUnitTest[];
    readonly tookMs: number;
    readonly folder: string;
}

async function printModel({ name, compared, ran, tookMs, folder }: PrintedModel, output: Output): Promise<void> {
    output.line("");
    output.line([styled("bold", name), `  ${formatQuantity(compared.rowCount, "row")} in ${formatDuration(tookMs)}`]);
    for (const line of formatComparison(compared, output.width)) {
        output.line(line);
    }
    for (const each of ran) {
        await printUnitTest(each, folder, output);
    }
}

function printError(error: StardeckError, { output, settings }: Invocation): void {
    if (output.isJson) {
        output.record(errorRecord(error));
        return;
    }
    output.line("");
    for (const line of formatError(error, settings.verbose, (text) => text)) {
        output.line(line);
    }
}
