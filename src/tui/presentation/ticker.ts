import type { BuildView } from "../build-monitor.js";
import type { Theme } from "../theme.js";
import { fitText } from "./fit-text.js";

/** The running build in one line, for every screen; empty when nothing runs. */
export function formatTicker(view: BuildView | null, isRunning: boolean, width: number, theme: Theme): string {
    if (view === null || !isRunning) {
        return "";
    }
    const started = view.events.find((event) => event.type === "run-started");
    const total = started?.type === "run-started" ? started.modelNames.length : 0;
    const finished = view.events.filter((event) => event.type === "model-finished").length;
    const doing = view.isCancelling ? "cancelling" : `${view.request.command} ${finished}/${total}`;
    return theme.style("running", fitText(` ${theme.symbols.running} ${doing}   3 shows it`, width));
}
