import type { Handler, Handlers } from "./screen.js";
import { findBinding, keymap, type ActionId, type Binding } from "./keymap.js";

/** An action that a key, the palette or the help offers now. */
export interface Action {
    readonly id: ActionId;
    readonly binding: Binding;
    readonly handler: Handler;
    /** Why it cannot run now; null when it can. */
    readonly reason: string | null;
}

/** Why actions that write are disabled. */
export const readOnlyReason = "opened for reading only";

/** All actions of a screen: its own, and those of the program that the screen does not define itself. */
export function listActions(
    own: Handlers,
    shared: Handlers,
    isReadOnly: boolean,
    bindings: readonly Binding[] = keymap,
): readonly Action[] {
    return bindings.flatMap(({ id }) => {
        const action = findActionOrNull(id, own, shared, isReadOnly);
        return action === null ? [] : [action];
    });
}

/** What a key does on a screen; null when nothing. The screen's action wins over the program's, unless it cannot run now. */
export function actionOfKeyOrNull(key: string, own: Handlers, shared: Handlers, isReadOnly: boolean): Action | null {
    const ids = keymap.filter((binding) => binding.keys.includes(key)).map(({ id }) => id);
    const actions = ids.flatMap((id) => findActionOrNull(id, own, shared, isReadOnly) ?? []);
    return (
        actions.find(({ id, reason }) => own[id] !== undefined && reason === null) ??
        actions.find(({ reason }) => reason === null) ??
        actions[0] ??
        null
    );
}

function findActionOrNull(id: ActionId, own: Handlers, shared: Handlers, isReadOnly: boolean): Action | null {
    const binding = findBinding(id);
    const candidates = [own[id], shared[id]].filter((handler) => handler !== undefined);
    const reasonOf = (handler: Handler): string | null =>
        isReadOnly && binding.writes ? readOnlyReason : (handler.disabledReason?.() ?? null);
    const handler = candidates.find((each) => reasonOf(each) === null) ?? candidates[0];
    return handler === undefined ? null : { id, binding, handler, reason: reasonOf(handler) };
}
