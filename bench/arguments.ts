import { parseArgs } from "node:util";

/** The options of the benchmarks. */
export interface BenchOptions {
    /** Sizes of the shop, in events. */
    readonly eventCounts: readonly number[];
    /** Every figure is the median of this many rounds. */
    readonly rounds: number;
    /** How many models the generated graph has. */
    readonly modelCount: number;
    /** How many rows the scrolled relation has, on the server and on the embedded database. */
    readonly rowCount: number;
    readonly embeddedRowCount: number;
    /** Which parts of the interface benchmark to run; all when empty. */
    readonly parts: readonly string[];
    /** A server to use instead of one that is started here; databases are created on it. */
    readonly databaseUrl: string | null;
    /** Where the started server keeps its data between benchmarks; null for a temporary folder. */
    readonly dataFolder: string | null;
    /** Statements of incremental builds that take this long are printed with their plans; null for none. */
    readonly slowMs: number | null;
    /** Whether to compare the incremental builds with a full refresh at the end. */
    readonly isVerified: boolean;
}

/** The benchmark's name and its options, from the command line. */
export function parseArguments(commandLine: readonly string[]): { name: string; options: BenchOptions } {
    const { values, positionals } = parseArgs({
        args: [...commandLine],
        allowPositionals: true,
        options: {
            events: { type: "string", default: "1000000" },
            rounds: { type: "string", default: "3" },
            models: { type: "string", default: "1000" },
            rows: { type: "string", default: "10000000" },
            part: { type: "string", multiple: true, default: [] },
            "embedded-rows": { type: "string", default: "200000" },
            "database-url": { type: "string" },
            "data-folder": { type: "string" },
            "slow-ms": { type: "string" },
            verify: { type: "boolean", default: false },
        },
    });
    return {
        name: positionals[0] ?? "",
        options: {
            eventCounts: values.events.split(",").map((count) => parseCount("--events", count)),
            rounds: parseCount("--rounds", values.rounds),
            modelCount: parseCount("--models", values.models),
            parts: values.part,
            rowCount: parseCount("--rows", values.rows),
            embeddedRowCount: parseCount("--embedded-rows", values["embedded-rows"]),
            databaseUrl: values["database-url"] ?? null,
            dataFolder: values["data-folder"] ?? null,
            slowMs: values["slow-ms"] === undefined ? null : parseCount("--slow-ms", values["slow-ms"]),
            isVerified: values.verify,
        },
    };
}

function parseCount(flag: string, text: string): number {
    const count = Number(text.replaceAll("_", ""));
    if (!Number.isInteger(count) || count < 1) {
        throw new Error(`${flag} takes a whole number from 1, not ${text}.`);
    }
    return count;
}
