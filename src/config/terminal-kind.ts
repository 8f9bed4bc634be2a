import { isSet, type Environment } from "./environment.js";

/** Whether the interface can be shown: on a terminal that can move its cursor, and not in a CI job that pretends to have one. */
export function mayOpenInterface(isTerminal: boolean, environment: Environment): boolean {
    return isTerminal && environment.TERM !== "dumb" && !isSet(environment.CI);
}

/** Whether the locale is UTF-8; for which variable wins see https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Environment): boolean {
    const locale = [LC_ALL, LC_CTYPE, LANG].find(isSet);
    // Most terminals today use UTF-8 even when no locale is set; the Linux console has few glyphs.
    return TERM !== "linux" && (locale === undefined || /utf-?8/i.test(locale));
}
