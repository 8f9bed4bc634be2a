import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../../../src/database/database.js";
import { ConnectionError } from "../../../src/database/errors.js";
import { keepError, makeKeyedLoad, makeLoad, type Reader } from "../../../src/tui/kit/load.js";

/** Never looked at: what is read here comes from no database. */
const database = {} as Database;

const reader: Reader = {
    read: (use, signal = new AbortController().signal, timeLimitMs = 0) =>
        use(database, { signal, timeoutMs: typeof timeLimitMs === "number" ? timeLimitMs : timeLimitMs.server }),
};

/** Settles when the test says so. */
function makeAnswer<T>(): {
    readonly promise: Promise<T>;
    readonly resolve: (value: T) => void;
    readonly reject: (error: unknown) => void;
} {
    let settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | null = null;
    const promise = new Promise<T>((resolve, reject) => {
        settle = { resolve, reject };
    });
    return {
        promise,
        resolve: (value) => settle?.resolve(value),
        reject: (error) => settle?.reject(error),
    };
}

beforeEach(() => {
    vi.useFakeTimers();
});
afterEach(() => {
    vi.useRealTimers();
});

describe("a load", () => {
    it("knows nothing, is read once when it is needed, and again when it is outdated", async () => {
        let count = 0;
        const load = makeLoad(reader, () => Promise.resolve(++count));
        expect(load.get()).toEqual({ value: null, error: null, isLoading: false });
        const read = load.need();
        expect(load.get()).toEqual({ value: null, error: null, isLoading: true });
        await Promise.all([read, load.need()]);
        await load.need();
        expect(load.get()).toEqual({ value: 1, error: null, isLoading: false });
        load.outdate();
        expect(load.get()).toEqual({ value: 1, error: null, isLoading: false });
        await load.need();
        expect(load.get()).toEqual({ value: 2, error: null, isLoading: false });
    });

    it("keeps what it knows while it is read again, and when that fails", async () => {
        const answer = makeAnswer<string>();
        const answers = [Promise.resolve("first"), answer.promise];
        const load = makeLoad(reader, () => answers.shift() ?? Promise.resolve("too many"));
        await load.load();
        const again = load.load();
        expect(load.get()).toEqual({ value: "first", error: null, isLoading: true });
        answer.reject(new Error("no answer"));
        await again;
        expect(load.get()).toEqual({ value: "first", error: new Error("no answer"), isLoading: false });
    });

    it("gives a read up for a new one, and takes no late answer of it", async () => {
        const answers = [makeAnswer<string>(), makeAnswer<string>()];
        const signals: AbortSignal[] = [];
        const load = makeLoad(reader, (_database, { signal }) => {
            signals.push(signal);
            return answers[signals.length - 1]?.promise ?? Promise.resolve("too many");
        });
        const [first, second] = [load.load(), load.load()];
        expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
        answers[0]?.resolve("late");
        await first;
        expect(load.get()).toEqual({ value: null, error: null, isLoading: true });
        answers[1]?.resolve("new");
        await second;
        expect(load.get()).toEqual({ value: "new", error: null, isLoading: false });
    });

    it("can be cancelled, and is then read when it is needed again", async () => {
        const signals: AbortSignal[] = [];
        const load = makeLoad(reader, (_database, { signal }) => {
            signals.push(signal);
            return signals.length === 1 ? new Promise<string>(() => undefined) : Promise.resolve("value");
        });
        expect(load.cancel()).toBe(false);
        void load.load();
        expect(load.cancel()).toBe(true);
        expect(signals[0]?.aborted).toBe(true);
        expect(load.get()).toEqual({ value: null, error: null, isLoading: false });
        await load.need();
        expect(load.get()).toEqual({ value: "value", error: null, isLoading: false });
    });

    it("shows what it has found so far", async () => {
        const answer = makeAnswer<readonly number[]>();
        const load = makeLoad<readonly number[]>(reader, (_database, _options, report) => {
            report([1]);
            return answer.promise;
        });
        const read = load.load();
        expect(load.get()).toEqual({ value: [1], error: null, isLoading: true });
        answer.resolve([1, 2]);
        await read;
        expect(load.get()).toEqual({ value: [1, 2], error: null, isLoading: false });
    });

    it("says how long it has been running, each second anew", async () => {
        const load = makeLoad(reader, () => new Promise<string>(() => undefined));
        const seen: string[] = [];
        load.subscribe(() => {
            seen.push(load.describe("Reading the value"));
        });
        void load.load();
        await vi.advanceTimersByTimeAsync(2000);
        load.cancel();
        await vi.advanceTimersByTimeAsync(2000);
        expect(seen).toEqual([
            "Reading the value …",
            "Reading the value: running 1 s, x cancels",
            "Reading the value: running 2 s, x cancels",
            "",
        ]);
    });

    it("tells its time limit to what it reads", async () => {
        const load = makeLoad(reader, (_database, { timeoutMs }) => Promise.resolve(timeoutMs), {
            server: 5000,
            embedded: 2000,
        });
        await load.load();
        expect(load.get().value).toBe(5000);
    });
});

describe("a load of each of many things", () => {
    it("is read at once where a cursor comes to rest, and not for what it passes by", async () => {
        const read: string[] = [];
        const load = makeKeyedLoad(reader, (key) => {
            read.push(key);
            return Promise.resolve(key.toUpperCase());
        });
        load.need("a");
        load.need("b");
        load.need("c");
        expect(read).toEqual(["a"]);
        await vi.runAllTimersAsync();
        load.need("c");
        await vi.runAllTimersAsync();
        expect(read).toEqual(["a", "c"]);
        expect([load.of("a"), load.of("b"), load.of("c")].map(({ value }) => value)).toEqual([null, null, "C"]);
    });

    it("is given up for another, and read when it is needed again", async () => {
        const signals: AbortSignal[] = [];
        const load = makeKeyedLoad(reader, (key, _database, { signal }) => {
            signals.push(signal);
            return key === "slow" && signals.length === 1 ? new Promise<string>(() => undefined) : Promise.resolve(key);
        });
        load.need("slow");
        await vi.advanceTimersByTimeAsync(100);
        load.need("quick");
        expect(signals[0]?.aborted).toBe(true);
        await vi.runAllTimersAsync();
        expect(load.of("quick").value).toBe("quick");
        load.need("slow");
        await vi.runAllTimersAsync();
        expect(load.of("slow").value).toBe("slow");
    });

    it("settles where each change asks for what is selected", async () => {
        const read: string[] = [];
        const load = makeKeyedLoad(reader, (key, _database, { signal }) => {
            read.push(key);
            return new Promise<string>((resolve, reject) => {
                signal.addEventListener("abort", () => {
                    reject(new Error("given up"));
                });
                setTimeout(() => {
                    resolve(key);
                }, 500);
            });
        });
        let selected = "a";
        load.subscribe(() => {
            load.need(selected);
        });
        load.need(selected);
        await vi.advanceTimersByTimeAsync(100);
        selected = "b";
        load.need(selected);
        await vi.runAllTimersAsync();
        expect(read).toEqual(["a", "b"]);
        expect(load.of("b")).toEqual({ value: "b", error: null, isLoading: false });
    });

    it("reads several beside each other where all of them are needed", async () => {
        const read: string[] = [];
        const load = makeKeyedLoad(reader, (key) => {
            read.push(key);
            return Promise.resolve(key);
        });
        load.needAll(["a", "b"]);
        await vi.runAllTimersAsync();
        load.needAll(["a", "b", "c"]);
        await vi.runAllTimersAsync();
        expect(read).toEqual(["a", "b", "c"]);
    });

    it("stays when one is outdated, and is read again alone", async () => {
        const read: string[] = [];
        const load = makeKeyedLoad(reader, (key) => {
            read.push(key);
            return Promise.resolve(`${key} ${read.length}`);
        });
        load.needAll(["a", "b"]);
        await vi.runAllTimersAsync();
        load.outdate("a");
        expect(load.of("a")).toEqual({ value: "a 1", error: null, isLoading: false });
        load.needAll(["a", "b"]);
        await vi.runAllTimersAsync();
        expect([load.of("a").value, load.of("b").value]).toEqual(["a 3", "b 2"]);
    });

    it("is cancelled when its screen is left", () => {
        const signals: AbortSignal[] = [];
        const load = makeKeyedLoad(reader, (_key, _database, { signal }) => {
            signals.push(signal);
            return new Promise<string>(() => undefined);
        });
        load.need("a");
        load.needAll(["b"]);
        load.cancel();
        expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
        expect(load.of("a")).toEqual({ value: null, error: null, isLoading: false });
    });
});

describe("the error of one of several reads", () => {
    const { signal } = new AbortController();

    it("is a state", () => {
        const error = new Error("relation does not exist");
        expect(keepError(error, { signal })).toBe(error);
    });

    it("ends all of them where the connection is lost or the signal aborted", () => {
        const lost = new ConnectionError("The connection was lost.", { hint: "", cause: null });
        expect(() => keepError(lost, { signal })).toThrow(lost);
        const error = new Error("any");
        expect(() => keepError(error, { signal: AbortSignal.abort() })).toThrow(error);
    });
});
