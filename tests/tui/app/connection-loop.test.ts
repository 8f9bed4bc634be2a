import { expect, it, vi } from "vitest";
import type { Database } from "../../../src/database/database.js";
import { ConnectionError } from "../../../src/database/errors.js";
import { makeConnectionLoop } from "../../../src/tui/app/connection-loop.js";

/** Nothing is asked of it here. */
const database = { name: "shop" } as Database;

function makeError(code: string): ConnectionError {
    return new ConnectionError(`because of ${code}`, { hint: "", cause: Object.assign(new Error(code), { code }) });
}

/** A loop whose database opens at once, and closes when what uses it has settled. */
function startLoop(settle: () => Promise<void>) {
    const loop = makeConnectionLoop(() => 0);
    const opened = vi.fn<() => void>();
    const ended = loop.run({
        open: (use) => {
            opened();
            return use(database);
        },
        prepare: () => Promise.resolve(),
        settle,
    });
    return { loop, opened, ended };
}

it("keeps a database that has no connection left for a read", async () => {
    const { loop, opened, ended } = startLoop(() => Promise.resolve());
    await expect(loop.use(() => Promise.reject(makeError("53300")))).rejects.toThrow("because of 53300");
    expect(loop.state.get()).toEqual({ kind: "open" });
    expect(await loop.use(({ name }) => Promise.resolve(name))).toBe("shop");
    loop.stop();
    await ended;
    expect(opened).toHaveBeenCalledOnce();
});

it("opens a lost database again, but not before what still runs on it has ended", async () => {
    let settle = (): void => undefined;
    const isSettled = new Promise<void>((resolve) => {
        settle = resolve;
    });
    const { loop, opened, ended } = startLoop(() => isSettled);
    await expect(loop.use(() => Promise.reject(makeError("ECONNRESET")))).rejects.toThrow("because of ECONNRESET");
    expect(loop.state.get()).toEqual({ kind: "lost", message: "because of ECONNRESET", retryAtMs: 0 });
    const waiting = loop.use(({ name }) => Promise.resolve(name));
    expect(opened).toHaveBeenCalledOnce();
    settle();
    expect(await waiting).toBe("shop");
    expect(loop.state.get()).toEqual({ kind: "open" });
    expect(opened).toHaveBeenCalledTimes(2);
    loop.stop();
    await ended;
});
