import type { FlagDescriptions } from "./command.js";

/** Flags that every command takes. */
export const globalFlags = {
    databaseUrl: {
        type: "string",
        placeholder: "URL",
        description:
            "PostgreSQL server: postgres://user@host:port/database. Else DATABASE_URL or PG*; else the embedded database in .stardeck/",
    },
    project: {
        type: "string",
        placeholder: "DIR",
        description:
            "Folder of the project, with its stardeck.config.ts (STARDECK_PROJECT). Else the nearest from here upwards; else the webshop that comes along",
    },
    sourceSchema: {
        type: "string",
        placeholder: "NAME",
        description:
            "Database schema of the landing tables (STARDECK_SOURCE_SCHEMA; default: the project's, or staging)",
    },
    readOnly: { type: "boolean", description: "Only read: whatever would write is refused, also in the interface" },
    json: { type: "boolean", description: "One JSON object a line on stdout" },
    color: { type: "boolean", isNegated: true, description: "No colours (so does NO_COLOR)" },
    verbose: { type: "boolean", description: "Show causes and stack traces of errors" },
    statementTimeout: {
        type: "number",
        placeholder: "SECONDS",
        isWhole: false,
        least: 0,
        most: 604_800,
        description: "How long one statement may run (STARDECK_STATEMENT_TIMEOUT; default: 0, no limit)",
    },
    threads: {
        type: "number",
        placeholder: "N",
        isWhole: true,
        least: 1,
        most: 64,
        description:
            "Models at a time, and processes of the server for a large one (default: 4; the embedded database has 1)",
    },
    help: { type: "boolean", description: "Show help; `stardeck COMMAND --help` for one command" },
    version: { type: "boolean", description: "Show the version" },
} as const satisfies FlagDescriptions;
