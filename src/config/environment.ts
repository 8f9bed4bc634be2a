/** Environment variables, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable that says yes by being there: https://no-color.org */
export function isSet(value: string | undefined): value is string {
    return value !== undefined && value !== "";
}
