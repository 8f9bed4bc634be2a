#!/usr/bin/env node
import { listenForInterrupts } from "./commands/interrupts.js";
import { openProcessStream } from "./commands/output-stream.js";
import { runCommandLine } from "./commands/command-line.js";
import { findSecrets } from "./commands/redact.js";
import { isSet } from "./config/environment.js";
import { mayOpenInterface, showsUnicode } from "./config/terminal-kind.js";

// Node 20 has no `navigator`. Without it, `pg` would load a whole HTTP client just to detect Cloudflare.
if (!("navigator" in globalThis)) {
    Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } });
}

// Hide a password on the command line from the list of processes.
if (findSecrets(process.argv, {}).length > 0) {
    process.title = "stardeck";
}

const { stdin, stdout, stderr, env } = process;
const exitCode = await runCommandLine(process.argv.slice(2), {
    environment: env,
    workingFolder: process.cwd(),
    stdin,
    stdout: openProcessStream(stdout),
    stderr: openProcessStream(stderr),
    interrupts: listenForInterrupts(process),
    ask:
        stdin.isTTY && stderr.isTTY
            ? async (question) => {
                  const { createInterface } = await import("node:readline/promises");
                  const lines = createInterface({ input: stdin, output: stderr });
                  try {
                      return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
                  } finally {
                      lines.close();
                  }
              }
            : null,
    openInterface: mayOpenInterface(stdin.isTTY && stdout.isTTY, env)
        ? async (request) => {
              const { startInterface } = await import("./tui/start-interface.js");
              return startInterface({
                  ...request,
                  process,
                  workingFolder: process.cwd(),
                  isAscii: !showsUnicode(env),
                  isInTmux: (env.TMUX ?? "") !== "",
                  themeName: isSet(env.NO_COLOR) || process.argv.includes("--no-color") ? "mono" : null,
              });
          }
        : null,
});
// What still keeps the process alive, such as a closing connection, is no longer needed.
process.exit(exitCode);
