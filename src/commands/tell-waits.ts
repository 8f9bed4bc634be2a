import type { Database } from "../database/database.js";
import type { RunEntry } from "../runs/build-lock.js";
import { loadLockWaits, type Blocker, type LockWait } from "../runs/lock-waits.js";
import { formatDuration } from "../text/format-values.js";
import { makeVisible } from "../text/visible-text.js";
import type { Output } from "./output.js";

const lookEveryMs = 1000;

/**
 * Reports on stderr which lock this process waits for, and who holds it, while `use` runs: after a second, and again when that changes.
 *
 * @param pidsOfOthers further backends of this process that `database` does not know
 */
export async function tellWaits<T>(
    database: Database,
    output: Pick<Output, "talk">,
    use: () => Promise<T>,
    pidsOfOthers: () => readonly number[] = () => [],
): Promise<T> {
    if (database.kind === "embedded") {
        return use();
    }
    let told: ReadonlySet<string> = new Set();
    let isLooking = false;
    let looking: Promise<void> = Promise.resolve();
    const look = async (): Promise<void> => {
        try {
            const waits = await loadLockWaits(database, [...database.backendPids(), ...pidsOfOthers()]);
            const found = new Map(waits.map((wait) => [keyOf(wait), describeWait(wait)]));
            for (const [key, text] of found) {
                if (!told.has(key)) {
                    output.talk(text);
                }
            }
            told = new Set(found.keys());
        } catch {
            // Naming the waiting sessions is optional: the role may have no connection left for it.
        } finally {
            isLooking = false;
        }
    };
    const timer = setInterval(() => {
        if (!isLooking) {
            isLooking = true;
            looking = look();
        }
    }, lookEveryMs);
    try {
        return await use();
    } finally {
        clearInterval(timer);
        await looking;
    }
}

/** For `--wait`: reports which build this one waits for. */
export function waitWithWord(output: Pick<Output, "talk">, signal: AbortSignal): Pick<RunEntry, "onWait" | "signal"> {
    return {
        signal,
        onWait: (message) => {
            output.talk(`${message} Waiting until it ends.`);
        },
    };
}

function keyOf({ relation, blockers }: LockWait): string {
    return [relation ?? "", ...blockers.map(({ pid }) => String(pid))].join(" ");
}

function describeWait({ relation, blockers }: LockWait): string {
    const lock = relation === null ? "a lock" : `a lock on ${makeVisible(relation)}`;
    return `Waiting for ${lock}: held by ${blockers.map(describeBlocker).join(" and ")}.`;
}

function describeBlocker({ pid, user, application, state, transactionMs }: Blocker): string {
    const who = [user, application].flatMap((name) => (name === null ? [] : [makeVisible(name)])).join(", ");
    const since = transactionMs === null ? "" : ` for ${formatDuration(transactionMs)}`;
    return `process ${pid}${who === "" ? "" : ` (${who})`}, ${state ?? "of unknown state"}${since}`;
}
