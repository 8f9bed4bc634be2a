import type { Dialog } from "../app.js";
import { Lines } from "../components/DialogBox.js";
import { React } from "../ink.js";
import { listStart, moveList, type ListState } from "../list-state.js";
import type { Shell } from "../make-app.js";
import { fitText } from "../presentation/fit-text.js";
import { formatClock } from "../presentation/format-ago.js";
import { markSelected } from "../presentation/table-lines.js";
import { makeStore } from "../store.js";
import type { Role } from "../theme.js";
import type { JobStatus } from "../jobs.js";

const roles: Readonly<Record<JobStatus, Role>> = {
    running: "running",
    done: "ok",
    failed: "failed",
    cancelled: "skipped",
};

/** Exports, counts and the like: what they did, and a key to cancel. */
export function makeJobsDialog({ app }: Shell): Dialog {
    const list = makeStore<ListState>(listStart);
    return {
        title: "Jobs",
        size: { columns: 76, rows: 14 },
        changes: [list, app.jobs],
        hints: "↑↓ choose  x cancel  esc close",
        render: ({ columns, rows }) => {
            const theme = app.theme.get();
            const jobs = app.jobs.get();
            const { cursor, offset } = list.get();
            if (jobs.length === 0) {
                return <Lines lines={["Nothing has run yet. Exports and exact counts run here."]} />;
            }
            return (
                <Lines
                    lines={jobs.slice(offset, offset + rows).map((job, index) => {
                        const clock = formatClock((job.endedAtMs ?? app.now()) - job.startedAtMs);
                        const text = `${fitText(job.title, 30)} ${fitText(clock, 7, "right")}  ${fitText(job.progress, Math.max(0, columns - 52))}`;
                        const status = theme.style(roles[job.status], fitText(job.status, 9));
                        return markSelected(`${status} ${text}`, index + offset === cursor, columns, theme);
                    })}
                />
            );
        },
        takeInput: (event) => {
            if (event.kind !== "key") {
                return false;
            }
            const jobs = app.jobs.get();
            if (event.name === "x") {
                const job = jobs[list.get().cursor];
                if (job !== undefined) {
                    app.jobs.cancel(job.id);
                }
                return true;
            }
            const by =
                event.name === "up" || event.name === "k" ? -1 : event.name === "down" || event.name === "j" ? 1 : 0;
            list.update((state) => moveList(state, by, jobs.length, 14));
            return by !== 0;
        },
    };
}
