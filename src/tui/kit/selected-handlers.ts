import type { Handler } from "./screen.js";

/** Makes handlers that act on the selected item; they are disabled while nothing is selected. */
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
