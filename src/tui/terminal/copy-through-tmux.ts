import { spawn } from "node:child_process";

/**
 * Gives a text to the tmux around us: to its own buffer, and through it to the terminal's clipboard. What a program inside of tmux
 * sends to the terminal itself is thrown away by its default settings.
 *
 * @returns false where tmux did not take it, as one before 3.2
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
        // It may have ended before it has read everything.
        tmux.stdin.once("error", () => undefined);
        tmux.stdin.end(text);
    });
}
