import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeKeyedResource } from "../../../src/tui/kit/keyed-resource.js";

describe("something read for what a person rests on", () => {
    beforeEach(() => {
        vi.useFakeTimers();
    });
    afterEach(() => {
        vi.useRealTimers();
    });

    it("is read once, and not for what was passed by", async () => {
        const read: string[] = [];
        const resource = makeKeyedResource((key) => {
            read.push(key);
            return Promise.resolve(key.toUpperCase());
        });
        resource.need("a");
        resource.need("b");
        expect(resource.of("b")).toEqual({ value: null, error: null, isLoading: true });
        await vi.runAllTimersAsync();
        resource.need("b");
        await vi.runAllTimersAsync();
        expect(read).toEqual(["b"]);
        expect(resource.of("b")).toEqual({ value: "B", error: null, isLoading: false });
    });

    it("is given up for another, and read when it is needed again", async () => {
        const signals: AbortSignal[] = [];
        const resource = makeKeyedResource((key, signal) => {
            signals.push(signal);
            return key === "slow" && signals.length === 1 ? new Promise<string>(() => undefined) : Promise.resolve(key);
        });
        resource.need("slow");
        await vi.advanceTimersByTimeAsync(100);
        resource.need("quick");
        expect(signals[0]?.aborted).toBe(true);
        await vi.runAllTimersAsync();
        expect(resource.of("quick")?.value).toBe("quick");
        resource.need("slow");
        await vi.runAllTimersAsync();
        expect(resource.of("slow")?.value).toBe("slow");
    });

    it("stays when it is outdated, and when reading it again fails", async () => {
        let count = 0;
        const resource = makeKeyedResource(() => {
            count++;
            return count === 1 ? Promise.resolve(1) : Promise.reject(new Error("no answer"));
        });
        resource.need("a");
        await vi.runAllTimersAsync();
        resource.outdate();
        resource.need("a");
        expect(resource.of("a")).toEqual({ value: 1, error: null, isLoading: true });
        await vi.runAllTimersAsync();
        expect(resource.of("a")).toEqual({ value: 1, error: new Error("no answer"), isLoading: false });
    });
});
