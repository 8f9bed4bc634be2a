#!/usr/bin/env node
import { listenForInterrupts } from "./commands/interrupts.js";
import { runCommandLine } from "./commands/command-line.js";

const { stdout, stderr } = process;
const interrupts = listenForInterrupts(process, [stdout, stderr]);
const exitCode = await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    workingFolder: process.cwd(),
    stdout,
    stderr,
    interrupts,
});
// Whatever still holds the process (a connection that is closing) has nothing more to say.
stdout.write("", () => {
    process.exit(exitCode);
});
