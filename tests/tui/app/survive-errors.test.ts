import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { surviveErrors } from "../../../src/tui/app/survive-errors.js";

it("tells of errors that nobody caught, until they keep coming", () => {
    const source = new EventEmitter();
    const told: string[] = [];
    let nowMs = 0;
    const end = surviveErrors(
        source,
        (message) => {
            told.push(message);
        },
        () => nowMs,
    );
    const fail = (message: string): boolean => source.emit("uncaughtException", new Error(message));
    for (let count = 1; count <= 20; count++) {
        nowMs += 10_000;
        fail(`number ${count}`);
    }
    expect(told).toHaveLength(20);
    expect(told.at(-1)).toBe("number 20");
    const failAtOnce = (): void => {
        for (let count = 1; count <= 20; count++) {
            fail("again");
        }
    };
    expect(failAtOnce).toThrow("again");
    expect(told.length).toBeLessThan(31);
    end();
    expect(source.listenerCount("uncaughtException")).toBe(0);
});
