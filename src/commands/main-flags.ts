import type { FlagDescriptions, OpenInterface } from "./command.js";

/** Flags of `stardeck` without a command. */
export const mainFlags = {
    plain: { type: "boolean", description: "Plain lines and tables also in a terminal, without the interface" },
} as const satisfies FlagDescriptions;

/** The function that shows the interface; null without a terminal, or with `--plain` or `--json`. */
export function opensInterface(
    flags: Readonly<Record<string, unknown>>,
    openInterface: OpenInterface | null,
): OpenInterface | null {
    return flags.plain === true || flags.json === true ? null : openInterface;
}
