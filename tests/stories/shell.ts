import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What a person's shell does around a program: it gives it the terminal in a process group of its own, takes the terminal
 * back when the program stops (Ctrl-Z) or ends, and continues it by `fg`. Besides, it leaves the program's process id and,
 * each time it has the terminal back, the terminal's settings in the folder `$1`.
 */
const script = `
set -m
folder=$1
shift
sh -c 'echo $$ >"$0"; exec "$@"' "$folder/pid" "$@"
status=$?
while kill -0 "$(cat "$folder/pid")" 2>/dev/null; do
    stty -a >"$folder/settings"
    echo "[stopped]"
    read -r command
    fg >/dev/null
    status=$?
done
stty -a >"$folder/settings"
exit "$status"
`;

/** What `exec stardeck`, `ssh -t` and `docker run -it` do: the program takes the shell's place, and nobody could continue it. */
const replacingScript = `
folder=$1
shift
echo $$ >"$folder/pid"
exec "$@"
`;

/** A shell's view of one program. */
export interface Shell {
    readonly command: readonly string[];
    /** A folder of its own, which also serves as the program's home. */
    readonly folder: string;
    /** The program's process id; null before it has started. */
    readonly pidOrNull: () => number | null;
    /** Whether the shell got the terminal back as it had lent it: input by the line, echo, Ctrl-C as a signal. */
    readonly isTerminalRestored: () => boolean;
    readonly remove: () => void;
}

/** A shell that runs `command` when it is started; without job control it becomes the program. */
export function makeShell(command: readonly string[], hasJobControl: boolean): Shell {
    const folder = mkdtempSync(join(tmpdir(), "stardeck-terminal-"));
    const readOrEmpty = (file: string): string => {
        try {
            return readFileSync(join(folder, file), "utf8").trim();
        } catch {
            return "";
        }
    };
    return {
        command: ["sh", "-c", hasJobControl ? script : replacingScript, "sh", folder, ...command],
        folder,
        pidOrNull: () => Number(readOrEmpty("pid")) || null,
        isTerminalRestored: () => {
            const settings = readOrEmpty("settings").split(/[\s;]+/);
            return ["icanon", "echo", "isig", "opost", "icrnl"].every((setting) => settings.includes(setting));
        },
        remove: () => {
            rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
        },
    };
}
