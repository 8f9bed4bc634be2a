import type { Handler, Handlers } from "./screen.js";
import type { ActionId } from "./keymap.js";

/** Makes handlers of what is selected, which cannot run while nothing is. */
export function makeOfSelected<T>(
    selectedOrNull: () => T | null,
    nothing: string,
): (run: (selected: T) => void) => Handler & Required<Pick<Handler, "disabledReason">> {
    return (run) => ({
        run: () => {
            const selected = selectedOrNull();
            if (selected !== null) {
                run(selected);
            }
        },
        disabledReason: () => (selectedOrNull() === null ? nothing : null),
    });
}

/** One handler for several actions that move in the same way. */
export function makeMoves(ids: readonly ActionId[], move: (id: ActionId) => void): Handlers {
    return Object.fromEntries(
        ids.map((id) => [
            id,
            {
                run: () => {
                    move(id);
                },
            },
        ]),
    );
}

/** The moves of a list. */
export const listMotions = ["move.up", "move.down", "move.pageUp", "move.pageDown", "move.start", "move.end"] as const;
