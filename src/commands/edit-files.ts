import { spawn } from "node:child_process";
import process from "node:process";

/** The user's editor, from VISUAL or EDITOR; null if neither is set. */
export function findEditorOrNull({ VISUAL, EDITOR }: NodeJS.ProcessEnv): string | null {
    return [VISUAL, EDITOR].map((name) => name?.trim() ?? "").find((name) => name !== "") ?? null;
}

/**
 * Runs the editor on files, on this process's terminal. As in git, the shell splits it into words, so `code --wait` works.
 *
 * @returns null if it succeeded, otherwise a sentence about the failure
 */
export async function editFiles(editor: string, paths: readonly string[]): Promise<string | null> {
    // Ignore Ctrl-C here while the editor runs: it is meant for the editor.
    const listeners = process.listeners("SIGINT");
    const ignore = (): void => undefined;
    process.on("SIGINT", ignore);
    for (const listener of listeners) {
        process.off("SIGINT", listener);
    }
    try {
        return await new Promise((resolve) => {
            const child = spawn("sh", ["-c", `${editor} "$@"`, "sh", ...paths], { stdio: "inherit" });
            child.on("error", (error) => {
                resolve(`The editor \`${editor}\` could not be started: ${error.message}.`);
            });
            child.on("exit", (code, signal) => {
                resolve(describeEnd(editor, code, signal));
            });
        });
    } finally {
        for (const listener of listeners) {
            process.on("SIGINT", listener);
        }
        process.off("SIGINT", ignore);
    }
}

function describeEnd(editor: string, code: number | null, signal: string | null): string | null {
    if (code === 0) {
        return null;
    }
    if (code === 126 || code === 127) {
        return `There is no program to run as \`${editor}\`: set VISUAL or EDITOR to an editor that is installed.`;
    }
    // The shell reports a program that a signal has ended with a code above 128.
    const isEnded = code === null || code > 128;
    const how = isEnded ? `was ended by ${signal ?? "a signal"}` : `ended with code ${code}`;
    return `The editor \`${editor}\` ${how}: the files are as it left them.`;
}
