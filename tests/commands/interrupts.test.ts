import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { listenForInterrupts, type Interrupts } from "../../src/commands/interrupts.js";

/** A process that notes with which codes it was ended. */
function listen(): {
    readonly process: EventEmitter;
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
    return { process, ended, interrupts: listenForInterrupts(process) };
}

it.each(["SIGINT", "SIGTERM"])("ends at once at the second %s", (signal) => {
    const { process, ended, interrupts } = listen();
    process.emit(signal);
    expect([interrupts.signal.aborted, ended]).toEqual([true, []]);
    process.emit(signal);
    expect(ended).toEqual([130]);
});

it("leaves time to tidy up when the terminal is cut, however often that is reported", () => {
    const { process, ended, interrupts } = listen();
    process.emit("SIGHUP");
    process.emit("SIGHUP");
    expect([interrupts.signal.aborted, ended]).toEqual([true, []]);
    process.emit("SIGTERM");
    expect(ended).toEqual([130]);
});

it("ends at once, whatever happens, when there is nothing to tidy up", () => {
    const { process, ended, interrupts } = listen();
    interrupts.endAtOnce();
    process.emit("SIGHUP");
    expect(ended).toEqual([130]);
});
