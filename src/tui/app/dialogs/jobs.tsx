import type { App } from "../app.js";
import type { Dialog } from "../../kit/screen.js";
import { React } from "../../kit/ink.js";
import type { JobStatus } from "../jobs.js";
import { makeListArea } from "../../kit/list-area.js";
import { ListBox } from "../../kit/ListBox.js";
import { Styled } from "../../kit/Styled.js";
import type { Shell } from "../make-app.js";
import { describeEnd } from "../lines/describe-run.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { nameRun } from "../lines/run-lines.js";
import { countTotals, isRunning, type RunProgress } from "../builds/run-progress.js";
import { makeStore } from "../../terminal/store.js";
import type { Role, Theme } from "../../kit/theme.js";

/** A line of the dialog: the build, or a job such as an export or a count. */
interface Listed {
    readonly title: string;
    readonly status: JobStatus;
    readonly progress: string;
    readonly startedAtMs: number;
    readonly endedAtMs: number | null;
    cancel(): void;
    open(): void;
}

const roles: Readonly<Record<JobStatus, Role>> = {
    running: "running",
    done: "ok",
    failed: "failed",
    cancelled: "skipped",
};

const titleWidth = 30;

/** Lists the build, exports, counts and other jobs, with their progress or results and a key to cancel. */
export function makeJobsDialog({ app }: Shell): Dialog {
    const area = makeListArea(() => listJobs(app).length);
    const tick = makeStore(0);
    const clock = setInterval(() => {
        tick.set(app.now());
    }, 1000).unref();
    return {
        title: "Jobs",
        size: { columns: 76, rows: 14 },
        changes: [area.place, tick, app.jobs, app.builds.current],
        hints: [
            ["↑↓", "choose"],
            ["⏎", "open"],
            ["x", "cancel"],
            ["esc", "close"],
        ],
        render: (size) => {
            const items = listJobs(app);
            return items.length === 0 ? (
                <Styled>Nothing has run yet. Builds, exports and exact counts are listed here.</Styled>
            ) : (
                <ListBox
                    size={size}
                    items={items}
                    area={area}
                    lineOf={(item, width) => formatJob(item, width, app.now(), app.theme.get())}
                />
            );
        },
        takeInput: (event) => {
            const key = event.kind === "key" ? event.name : "";
            if (key === "x" || key === "enter") {
                listJobs(app)[area.cursor()]?.[key === "x" ? "cancel" : "open"]();
                return true;
            }
            return area.takeInput(event);
        },
        onClose: () => {
            clearInterval(clock);
        },
    };
}

function formatJob(item: Listed, width: number, nowMs: number, theme: Theme): string {
    const elapsed = formatClock((item.endedAtMs ?? nowMs) - item.startedAtMs);
    const progress = fitText(item.progress, Math.max(0, width - titleWidth - 21));
    const status = theme.style(roles[item.status], fitText(item.status, 9));
    return `${status} ${fitText(item.title, titleWidth)} ${fitText(elapsed, 7, "right")}  ${progress}`;
}

/** The build first, then the jobs, the newest first. */
function listJobs(app: App): readonly Listed[] {
    const run = app.builds.current.get();
    const jobs = app.jobs.get().map((job): Listed => ({
        ...job,
        cancel: () => {
            app.jobs.cancel(job.id);
        },
        open: () => {
            app.say(`${job.title}: ${job.progress === "" ? job.status : job.progress}`);
        },
    }));
    return run === null ? jobs : [listBuild(app, run), ...jobs];
}

function listBuild(app: App, run: RunProgress): Listed {
    const { startedAtMs, endedAtMs, state, startedBy, modelNames } = run;
    return {
        title: nameRun(run),
        status: isRunning(run) ? "running" : state === "ok" ? "done" : state === "cancelled" ? "cancelled" : "failed",
        progress: isRunning(run)
            ? `${countTotals(run).endedModelCount} of ${modelNames.length} models`
            : describeEnd(run),
        startedAtMs,
        endedAtMs,
        cancel: () => {
            if (app.builds.isRunning()) {
                app.builds.cancel();
                app.say("Cancelling the build. What is published stays.");
            } else if (isRunning(run)) {
                app.say(`It is ${startedBy ?? "another process"}'s; cancel it there.`, "warned");
            }
        },
        open: () => {
            app.closeDialog();
            app.go({ screen: "build" });
        },
    };
}
