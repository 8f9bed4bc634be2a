import { actionOfKeyOrNull } from "./dispatch.js";
import { listMotionOrNull } from "./list-state.js";

const motions = ["move.up", "move.down", "move.pageUp", "move.pageDown", "move.start", "move.end"] as const;
const handlers = Object.fromEntries(motions.map((id) => [id, { run: () => undefined }]));

/** How far a key moves in a list of this height, by the keys of the keymap; null when it is none of them. */
export function listMotionOfKeyOrNull(key: string, height: number): number | null {
    const action = actionOfKeyOrNull(key, handlers, {}, false);
    return action === null ? null : listMotionOrNull(action.id, height);
}
