/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a variable is set and not empty, which is how NO_COLOR and CI say yes: https://no-color.org */
export function isSet(value: string | undefined): value is string {
    return value !== undefined && value !== "";
}
