import { spawn } from "node:child_process";

/** A user of the operating system by numbers, as `child_process` takes it; empty for the current user. */
export interface RunAs {
    readonly uid?: number;
    readonly gid?: number;
}

/**
 * Runs shell commands when the test run ends, however it ends: a shell of its own waits for its input to close, which
 * also happens when this process is interrupted or killed. `args` are `$1`, `$2`, … of the commands.
 *
 * @returns a function that runs the commands now and resolves when they are done.
 */
export function atEndOfRun(commands: string, args: readonly string[], runAs: RunAs = {}): () => Promise<void> {
    const keeper = spawn("sh", ["-c", `cat >/dev/null\n${commands}`, "sh", ...args], {
        ...runAs,
        cwd: "/",
        // In its own process group, because otherwise Ctrl-C would end it before it has done its work.
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = new Promise<void>((resolve, reject) => {
        keeper.once("exit", () => {
            resolve();
        });
        keeper.once("error", reject);
    });
    return async () => {
        keeper.stdin.end();
        await ended;
    };
}
