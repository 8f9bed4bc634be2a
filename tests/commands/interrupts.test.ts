import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { listenForInterrupts, type Interrupts } from "../../src/commands/interrupts.js";

/** A process that notes with which codes it was ended, and its output. */
function listen(): {
    readonly process: EventEmitter;
    readonly output: EventEmitter;
    readonly ended: number[];
    readonly interrupts: Interrupts;
} {
    const ended: number[] = [];
    const process = Object.assign(new EventEmitter(), {
        exit: (code: number): never => {
            ended.push(code);
            return undefined as never;
        },
    });
    const output = new EventEmitter();
    return { process, output, ended, interrupts: listenForInterrupts(process, [output]) };
}

it.each(["SIGINT", "SIGTERM"])("ends at once at the second %s", (signal) => {
    const { process, ended, interrupts } = listen();
    process.emit(signal);
    expect([interrupts.signal.aborted, ended]).toEqual([true, []]);
    process.emit(signal);
    expect(ended).toEqual([130]);
});

it.each([
    [
        "the signal first",
        (process: EventEmitter, output: EventEmitter) => [process.emit("SIGHUP"), output.emit("error")],
    ],
    ["a write first", (process: EventEmitter, output: EventEmitter) => [output.emit("error"), process.emit("SIGHUP")]],
])("leaves time to tidy up when the terminal is cut, %s", (_first, cut) => {
    const { process, output, ended, interrupts } = listen();
    cut(process, output);
    expect([interrupts.signal.aborted, interrupts.hasLostReader(), ended]).toEqual([true, true, []]);
    process.emit("SIGTERM");
    expect(ended).toEqual([0]);
});

it("ends at once, whatever happens, when there is nothing to tidy up", () => {
    const { process, ended, interrupts } = listen();
    interrupts.endAtOnce();
    process.emit("SIGHUP");
    expect(ended).toEqual([130]);
});
