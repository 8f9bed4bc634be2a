import type { Environment } from "../config/environment.js";

/** Removes credentials from text. */
export type Redact = (text: string) => string;

/** Replaces every secret, and the password in anything that looks like a URL, by `***`. */
export function makeRedact(secrets: readonly string[]): Redact {
    const patterns = [...new Set(secrets)]
        .filter((secret) => secret !== "")
        .sort((one, other) => other.length - one.length)
        .map(makePattern);
    return (text) => {
        let result = text;
        for (const pattern of patterns) {
            result = result.replaceAll(pattern, "***");
        }
        return result
            .replaceAll(/[^\s'"]+/g, redactUrl)
            .replaceAll(/([?&](?:password|sslpassword)=)[^&\s'"]*/g, "$1***");
    };
}

/** The word without the password of a URL in it. */
function redactUrl(word: string): string {
    const password = placePasswordOrNull(word);
    return password === null ? word : `${word.slice(0, password.start)}***${word.slice(password.end)}`;
}

function passwordIn(text: string): string {
    const password = placePasswordOrNull(text);
    return password === null ? "" : text.slice(password.start, password.end);
}

/** The place between the first `://user:` and the last `@`. One pattern for both ends would take quadratic time. */
function placePasswordOrNull(text: string): { readonly start: number; readonly end: number } | null {
    const end = text.lastIndexOf("@");
    const user = end === -1 ? null : /:\/\/[^:/@]*:/.exec(text.slice(0, end));
    return user === null ? null : { start: user.index + user[0].length, end };
}

/** A secret of one to three characters may occur inside ordinary words, so only whole words are replaced. */
function makePattern(secret: string): RegExp {
    const literal = secret.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return secret.length > 3 ? new RegExp(literal, "g") : new RegExp(`(?<![\\w.,:-])${literal}(?![\\w.,:-])`, "g");
}

/** Finds credentials in arguments and environment, for output before settings are parsed, or if that fails. */
export function findSecrets(argv: readonly string[], environment: Environment): readonly string[] {
    const texts = [...argv, environment.DATABASE_URL ?? ""];
    const found = texts.flatMap((text) => {
        const inUrl = passwordIn(text);
        const named = [...text.matchAll(/password\s*=\s*(?:'((?:[^'\\]|\\.)*)'|([^\s&]+))/gs)];
        return [inUrl, ...named.map(([, quoted, plain]) => quoted ?? plain ?? "")];
    });
    const spellings = found.flatMap((secret) => [
        secret,
        decodeOrNull(secret) ?? "",
        secret.replaceAll(/\\(.)/gs, "$1"),
    ]);
    return [...new Set([...spellings, environment.PGPASSWORD ?? ""])].filter((secret) => secret !== "");
}

function decodeOrNull(text: string): string | null {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}
