import type { Command } from "./command.js";

interface CatalogueEntry {
    readonly summary: string;
    /** Imports the command's module only when it is needed. */
    readonly load: () => Promise<{ readonly command: Command }>;
}

/** Every command, in the order of the help text. */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = {
    debug: {
        summary: "Check connection, version, privileges, sources and migrations",
        load: () => import("./debug.js"),
    },
    plan: {
        summary: "Say what the project's files would change in the database",
        load: () => import("./plan.js"),
    },
    init: {
        summary: "Make a project: empty, a copy of the webshop, or of a database's tables",
        load: () => import("./init.js"),
    },
    dev: {
        summary: "Watch the project: problems, or a model's rows and what differs, at each save",
        load: () => import("./dev.js"),
    },
    migrate: {
        summary: "Bring the database to what the project's files say",
        load: () => import("./migrate.js"),
    },
    seed: {
        summary: "Append demo batches to the landing tables, a day at a time",
        load: () => import("./seed.js"),
    },
    land: {
        summary: "Append the rows of a CSV file to a landing table",
        load: () => import("./land.js"),
    },
    build: {
        summary: "Build models and run their data tests, in order",
        load: () => import("./build.js"),
    },
    run: {
        summary: "Build models without data tests",
        load: () => import("./run.js"),
    },
    test: {
        summary: "Run data tests without building, or unit tests",
        load: () => import("./test.js"),
    },
    retry: {
        summary: "Take up what failed or was skipped in the last run",
        load: () => import("./retry.js"),
    },
    verify: {
        summary: "Compare tables with a full refresh that is rolled back",
        load: () => import("./verify.js"),
    },
    prove: {
        summary: "Change copied rows at random, build, and compare with a full refresh",
        load: () => import("./prove.js"),
    },
    ls: {
        summary: "List models",
        load: () => import("./ls.js"),
    },
    lineage: {
        summary: "Show what a model reads and what reads it",
        load: () => import("./lineage.js"),
    },
    explain: {
        summary: "Show which rows of a model a change makes stale",
        load: () => import("./explain.js"),
    },
    show: {
        summary: "Show rows of a model or source",
        load: () => import("./show.js"),
    },
    query: {
        summary: "Run a SELECT in a read-only transaction",
        load: () => import("./query.js"),
    },
    history: {
        summary: "Show past runs, or one run with its models and data tests",
        load: () => import("./history.js"),
    },
    demo: {
        summary: "Present the warehouse as slides, read only",
        load: () => import("./demo.js"),
    },
};

/** The job of `stardeck` without a command. */
export const mainJob: CatalogueEntry = {
    summary: "Migrate, seed the demo, build, test and print the marts",
    load: () => import("./start.js"),
};
