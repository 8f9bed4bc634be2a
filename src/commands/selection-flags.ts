import type { FlagDescriptions } from "./command.js";

/** The flags that choose models. */
export const selectionFlags = {
    select: {
        type: "string",
        placeholder: "SELECTOR",
        isMultiple: true,
        description:
            "Only these models: name, +name, name+, @name, tag:x, layer:x, result:x, state:stale, state:modified; spaces unite, commas intersect",
    },
    exclude: { type: "string", placeholder: "SELECTOR", isMultiple: true, description: "Without these models" },
} as const satisfies FlagDescriptions;
