import type { App } from "../../app/app.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { PreparationStep } from "./paint-build.js";

/** What is done before a build can run: opening the database, landing the demo, making the models. */
export interface Preparation {
    readonly steps: Readable<readonly PreparationStep[]>;
}

/** Keeps the steps that the connection says it takes, each with its time. */
export function makePreparation(app: App): Preparation {
    const steps = makeStore<readonly PreparationStep[]>([]);
    const notice = (): void => {
        const connection = app.connection.get();
        const nowMs = app.now();
        const { doing, progress } = connection.kind === "opening" ? connection : { doing: null, progress: null };
        const last = steps.get().at(-1);
        if (last?.endedAtMs === null && last.text === doing) {
            steps.set([...steps.get().slice(0, -1), { ...last, progress }]);
            return;
        }
        const ended = steps.get().map((step) => ({ ...step, endedAtMs: step.endedAtMs ?? nowMs }));
        steps.set(doing === null ? ended : [...ended, { text: doing, progress, startedAtMs: nowMs, endedAtMs: null }]);
    };
    notice();
    app.connection.subscribe(notice);
    return { steps };
}
