import { createHash } from "node:crypto";
import { StardeckError } from "../config/errors.js";

/** PostgreSQL silently truncates longer names. */
const maxNameBytes = 63;

/**
 * `<stem><suffix>`; if it is too long, the stem is shortened and a hash keeps such names distinct.
 * `fct_orders` + `__select` → `fct_orders__select`.
 */
export function fitName(stem: string, suffix: string): string {
    if (Buffer.byteLength(stem + suffix) <= maxNameBytes) {
        return stem + suffix;
    }
    const hash = createHash("md5").update(stem).digest("hex").slice(0, 8);
    return `${stem.slice(0, maxNameBytes - suffix.length - hash.length - 1)}_${hash}${suffix}`;
}

/** The application name, in `pg_stat_activity`, of the connection that builds a model. */
export function applicationNameOf(modelName: string): string {
    return `stardeck ${modelName}`.slice(0, maxNameBytes);
}

/** @throws StardeckError `usage` for a name that is not lower snake case or does not fit. */
export function checkName(kind: string, name: string): void {
    if (!/^[a-z_][a-z0-9_]*$/.test(name)) {
        throw new StardeckError(`${kind} "${name}" must be lower snake case: letters, digits and underscores.`, {
            code: "usage",
        });
    }
    if (Buffer.byteLength(name) > maxNameBytes) {
        throw new StardeckError(`${kind} "${name}" is longer than PostgreSQL's ${maxNameBytes} bytes.`, {
            code: "usage",
        });
    }
}
