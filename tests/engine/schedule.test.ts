import { describe, expect, it } from "vitest";
import { remainingPathMs, runSchedule, type NodeOutcome } from "../../src/engine/schedule.js";

type Upstreams = Readonly<Record<string, readonly string[]>>;

/** Runs a schedule whose nodes end only when told to, so that every state between can be looked at. */
function startSchedule(
    upstreams: Upstreams,
    options: {
        readonly threads: number;
        readonly durations?: Readonly<Record<string, number>>;
        readonly comesAfter?: Upstreams;
    },
) {
    const started: string[] = [];
    const skipped: string[] = [];
    const endings = new Map<string, (outcome: NodeOutcome) => void>();
    const control = { isStopped: false };
    const finished = runSchedule({
        order: Object.keys(upstreams),
        upstreamOf: (name) => upstreams[name] ?? [],
        comesAfter: (name) => options.comesAfter?.[name] ?? [],
        durationOf: (name) => options.durations?.[name] ?? 1,
        threads: options.threads,
        run: (name) => {
            started.push(name);
            return new Promise((resolve) => endings.set(name, resolve));
        },
        skip: (name, failedUpstream) => skipped.push(`${name} because of ${failedUpstream}`),
        isStopped: () => control.isStopped,
    });
    const end = async (name: string, outcome: NodeOutcome = "done"): Promise<void> => {
        endings.get(name)?.(outcome);
        endings.delete(name);
        await Promise.resolve();
        await Promise.resolve();
    };
    return { started, skipped, control, finished, end, running: () => [...endings.keys()] };
}

const diamond: Upstreams = { source: [], left: ["source"], right: ["source"], both: ["left", "right"] };

describe("runSchedule", () => {
    it("starts a node when the last of its upstreams is done", async () => {
        const { started, finished, end } = startSchedule(diamond, { threads: 4 });
        expect(started).toEqual(["source"]);
        await end("source");
        expect(started).toEqual(["source", "left", "right"]);
        await end("right");
        expect(started).toEqual(["source", "left", "right"]);
        await end("left");
        expect(started).toEqual(["source", "left", "right", "both"]);
        await end("both");
        await finished;
    });

    it("runs at most as many nodes at a time as there are threads", async () => {
        const { finished, end, running } = startSchedule({ one: [], two: [], three: [], four: [] }, { threads: 2 });
        expect(running()).toEqual(["one", "two"]);
        await end("two");
        expect(running()).toEqual(["one", "three"]);
        await end("one");
        expect(running()).toEqual(["three", "four"]);
        await end("three");
        await end("four");
        await finished;
    });

    it("starts the node with the longest remaining path first, and keeps the order where paths are equal", async () => {
        const upstreams = { short: [], same: [], long: [], head: [], tail: ["head"] };
        const durations = { short: 10, same: 10, long: 50, head: 1, tail: 60 };
        const { started, finished, end } = startSchedule(upstreams, { threads: 1, durations });
        for (const name of ["head", "tail", "long", "short", "same"]) {
            await end(name);
        }
        await finished;
        expect(started).toEqual(["head", "tail", "long", "short", "same"]);
    });

    it("skips all descendants of a failed node, naming it, and nothing else", async () => {
        const upstreams = { bad: [], good: [], child: ["bad"], both: ["child", "good"], other: ["good"] };
        const { started, skipped, finished, end } = startSchedule(upstreams, { threads: 2 });
        await end("bad", "failed");
        expect(skipped).toEqual(["child because of bad"]);
        await end("good");
        expect(skipped).toEqual(["child because of bad", "both because of bad"]);
        await end("other");
        await finished;
        expect(started).toEqual(["bad", "good", "other"]);
    });

    it("blames the first upstream that failed", async () => {
        const { skipped, finished, end } = startSchedule({ one: [], two: [], child: ["one", "two"] }, { threads: 2 });
        await end("two", "failed");
        await end("one", "failed");
        await finished;
        expect(skipped).toEqual(["child because of two"]);
    });

    it("starts a node after those that it comes after, and runs it even if they failed or were skipped", async () => {
        const upstreams = { bad: [], child: ["bad"], late: [], last: [] };
        const { started, skipped, finished, end } = startSchedule(upstreams, {
            threads: 4,
            comesAfter: { late: ["bad"], last: ["child", "late", "not selected"] },
        });
        expect(started).toEqual(["bad"]);
        await end("bad", "failed");
        expect(started).toEqual(["bad", "late"]);
        expect(skipped).toEqual(["child because of bad"]);
        await end("late");
        expect(started).toEqual(["bad", "late", "last"]);
        await end("last");
        await finished;
    });

    it("skips a node that needs what failed although it also comes after it", async () => {
        const { skipped, finished, end } = startSchedule(
            { bad: [], child: ["bad"] },
            { threads: 1, comesAfter: { child: ["bad"] } },
        );
        await end("bad", "failed");
        await finished;
        expect(skipped).toEqual(["child because of bad"]);
    });

    it("starts nothing more once stopped, lets running nodes end, and leaves the rest alone", async () => {
        const { started, skipped, control, finished, end } = startSchedule(diamond, { threads: 1 });
        await end("source");
        control.isStopped = true;
        await end("left");
        await finished;
        expect(started).toEqual(["source", "left"]);
        expect(skipped).toEqual([]);
    });

    it("takes no notice of upstreams outside the selection", async () => {
        const { started, finished, end } = startSchedule({ child: ["not selected"] }, { threads: 1 });
        expect(started).toEqual(["child"]);
        await end("child");
        await finished;
    });

    it("ends at once when there is nothing to do, or when stopped from the start", async () => {
        await startSchedule({}, { threads: 1 }).finished;
        const stopped: string[] = [];
        await runSchedule({
            order: ["one"],
            upstreamOf: () => [],
            durationOf: () => 1,
            threads: 1,
            run: (name) => {
                stopped.push(name);
                return Promise.resolve("done");
            },
            skip: () => undefined,
            isStopped: () => true,
        });
        expect(stopped).toEqual([]);
    });
});

describe("remainingPathMs", () => {
    it("sums the longest way to the end of the graph", () => {
        const downstream: Readonly<Record<string, readonly string[]>> = { a: ["b", "c"], b: ["d"], c: ["d"] };
        const durations: Readonly<Record<string, number>> = { a: 1, b: 10, c: 100, d: 1000 };
        expect(
            remainingPathMs(
                ["a", "b", "c", "d"],
                (name) => downstream[name] ?? [],
                (name) => durations[name] ?? 0,
            ),
        ).toEqual(
            new Map([
                ["d", 1000],
                ["c", 1100],
                ["b", 1010],
                ["a", 1101],
            ]),
        );
    });
});
