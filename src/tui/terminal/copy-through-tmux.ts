import { spawn } from "node:child_process";

/**
 * Gives a text to the tmux that we run in: tmux puts it into its own buffer and onto the terminal's clipboard. By default tmux
 * drops the clipboard sequence (OSC 52) that a program inside it sends.
 *
 * @returns false when tmux did not accept the text: versions before 3.2 do not
 */
export function copyThroughTmux(text: string): Promise<boolean> {
    return new Promise((resolve) => {
        const tmux = spawn("tmux", ["load-buffer", "-w", "-"], { stdio: ["pipe", "ignore", "ignore"] });
        tmux.once("error", () => {
            resolve(false);
        });
        tmux.once("close", (code) => {
            resolve(code === 0);
        });
        // tmux may end before it has read everything.
        tmux.stdin.once("error", () => undefined);
        tmux.stdin.end(text);
    });
}
