import { quoteIdentifier } from "../src/sql/identifiers.js";
import { withBenchDatabase, type BenchServer } from "./server.js";

const longestLine = 400;

/** Runs `use` while the server logs every statement over `slowMs` with its plan; prints what it logged. */
export async function withSlowStatements<T>(
    server: BenchServer,
    databaseName: string,
    slowMs: number,
    use: () => Promise<T>,
): Promise<T> {
    const database = quoteIdentifier(databaseName);
    const set = (statements: readonly string[]): Promise<void> =>
        withBenchDatabase(server, "postgres", async (connection) => {
            for (const statement of statements) {
                await connection.query(`alter database ${database} ${statement}`);
            }
        });
    await set([
        `set auto_explain.log_min_duration = ${slowMs}`,
        "set auto_explain.log_analyze = on",
        "set auto_explain.log_buffers = on",
        // Reading the clock for every row would slow the statements down.
        "set auto_explain.log_timing = off",
        "set auto_explain.log_settings = off",
    ]);
    const { offset } = await server.readLog(0);
    try {
        return await use();
    } finally {
        await set(["reset all"]);
        const { text } = await server.readLog(offset);
        const lines = text
            .split("\n")
            .map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line));
        process.stdout.write(`\nStatements over ${slowMs} ms\n${lines.join("\n")}\n`);
    }
}
