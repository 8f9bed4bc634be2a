import { isSet, type Environment } from "./environment.js";

/** Whether the interface can be shown: on a terminal that can move its cursor, and not in a CI job that pretends to have one. */
export function mayOpenInterface(isTerminal: boolean, environment: Environment): boolean {
    return isTerminal && environment.TERM !== "dumb" && !isSet(environment.CI);
}

/** Whether the locale is one of Unicode; https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html says which variable wins. */
export function showsUnicode({ LC_ALL, LC_CTYPE, LANG, TERM }: Environment): boolean {
    const locale = [LC_ALL, LC_CTYPE, LANG].find(isSet);
    // Without any locale most terminals of today are set to UTF-8 all the same; the Linux console has few glyphs.
    return TERM !== "linux" && (locale === undefined || /utf-?8/i.test(locale));
}
