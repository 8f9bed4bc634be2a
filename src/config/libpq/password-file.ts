import { readFileSync, statSync } from "node:fs";

/** The passwords of the password file, or why the file was ignored. */
export interface PasswordFile {
    passwordOrNull(host: string, port: number, database: string, user: string): string | null;
    /** One sentence to show when a password is missing; null when nothing is wrong with the file. */
    readonly problem: string | null;
}

/**
 * Reads `~/.pgpass`, or the file that `passfile` or PGPASSFILE names: https://www.postgresql.org/docs/17/libpq-pgpass.html
 * As in libpq, a file that other users may read is ignored.
 */
export function loadPasswordFile(path: string): PasswordFile {
    let problem: string | null = null;
    let lines: readonly (readonly string[])[] = [];
    try {
        problem = findProblemOrNull(path);
        lines = problem === null ? parsePasswordFile(readFileSync(path, "utf8")) : [];
    } catch {
        // The file is missing, or this user may not read it: libpq goes on without it too.
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

/** Splits each line into its five fields, still escaped: `host:port:database:user:password`, a colon in a field as `\:`. */
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
