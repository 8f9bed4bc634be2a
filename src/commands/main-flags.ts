import type { FlagDescriptions, OpenInterface } from "./command.js";

/** Flags of `stardeck` without a command. */
export const mainFlags = {
    plain: { type: "boolean", description: "Plain lines and tables also in a terminal, without the interface" },
} as const satisfies FlagDescriptions;

/** What shows the interface; null where there is no terminal for it, or plain lines or JSON are wanted. */
export function opensInterface(
    flags: Readonly<Record<string, unknown>>,
    openInterface: OpenInterface | null,
): OpenInterface | null {
    return flags.plain === true || flags.json === true ? null : openInterface;
}
