// Starts the built program, for `npm start` and `npm run demo`; if it is not built, says how to build it.
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath, URL } from "node:url";

const program = new URL("../dist/program/cli.js", import.meta.url);
if (existsSync(fileURLToPath(program))) {
    await import(program.href);
} else {
    process.stderr.write(
        "stardeck is not built yet, as after `npm ci --ignore-scripts`.\nRun `npm run build` first.\n",
    );
    process.exitCode = 1;
}
