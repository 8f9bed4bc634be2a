import { readFileSync, statSync } from "node:fs";

/** What the password file holds for servers, and why it was left out, where it was. */
export interface PasswordFile {
    passwordOrNull(host: string, port: number, database: string, user: string): string | null;
    /** One sentence to show when a password is missing; null when nothing is wrong with the file. */
    readonly problem: string | null;
}

/**
 * Reads `~/.pgpass`, or the file that `passfile` or PGPASSFILE names: https://www.postgresql.org/docs/17/libpq-pgpass.html
 * A file that others may read is left out, as libpq does.
 */
export function loadPasswordFile(path: string): PasswordFile {
    let problem: string | null = null;
    let lines: readonly (readonly string[])[] = [];
    try {
        problem = findProblemOrNull(path);
        lines = problem === null ? parsePasswordFile(readFileSync(path, "utf8")) : [];
    } catch {
        // No file, or none that this user may read: libpq goes on without it too.
    }
    return {
        problem,
        passwordOrNull(...wanted) {
            const fits = (fields: readonly string[]): boolean =>
                wanted.every((value, place) => fields[place] === "*" || unescape(fields[place]) === String(value));
            const password = lines.find(fits)?.[4];
            return password === undefined ? null : unescape(password);
        },
    };
}

function findProblemOrNull(path: string): string | null {
    const stats = statSync(path);
    if (!stats.isFile()) {
        return `${path} is left out: it is no ordinary file.`;
    }
    return (stats.mode & 0o077) === 0
        ? null
        : `${path} is left out, because others may read or write it: chmod 600 '${path}'.`;
}

/** Five fields a line, with their backslashes: `host:port:database:user:password`. A colon of a field is written `\:`. */
export function parsePasswordFile(text: string): readonly (readonly string[])[] {
    return text
        .split(/\r?\n/)
        .filter((line) => !line.startsWith("#"))
        .flatMap((line) => {
            const found =
                /^((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*):((?:[^:\\]|\\.)*)/.exec(line);
            return found === null ? [] : [found.slice(1)];
        });
}

function unescape(field = ""): string {
    return field.replaceAll(/\\(.)/g, "$1");
}
