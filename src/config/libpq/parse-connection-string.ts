import { describeUnknownParameter, isParameterName, translateOldName, type ParameterName } from "./parameters.js";

/**
 * Reads a connection string of either form as libpq does: `postgres://user:password@host:port/database?name=value`, or
 * `host=… dbname='…'`: https://www.postgresql.org/docs/17/libpq-connect.html#LIBPQ-CONNSTRING
 *
 * @param origin where the string was found, for messages
 * @throws Error with one sentence that quotes no part of the string: in a malformed one, any part may be the password
 */
export function parseConnectionString(text: string, origin: string): ReadonlyMap<ParameterName, string> {
    const rest = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text)?.[1];
    if (rest !== undefined) {
        return parseUrl(rest, origin);
    }
    if (/^[a-z][\w+.-]*:\/\//i.test(text) || !text.includes("=")) {
        throw new Error(`${origin} must begin with postgres:// or postgresql://, or be of the form host=… dbname=….`);
    }
    return parsePairs(text, origin);
}

function parseUrl(rest: string, origin: string): ReadonlyMap<ParameterName, string> {
    const { user, password, hosts, ports, database, query } = splitUrl(rest, origin);
    const parameters = new Map<ParameterName, string>();
    const set = (name: ParameterName, encoded: string | undefined): void => {
        // An empty part counts as left out, so that a variable or a default fills it.
        if (encoded !== undefined && encoded !== "") {
            parameters.set(name, decodePercent(encoded, origin));
        }
    };
    set("user", user);
    set("password", password);
    set("host", hosts.join(","));
    set("port", ports.join(","));
    set("dbname", database);
    for (const pair of query === "" ? [] : query.replace(/&$/, "").split("&")) {
        const [name = "", value, ...more] = pair.split("=").map((part) => decodePercent(part, origin));
        if (value === undefined || more.length > 0) {
            throw new Error(`${origin} cannot be read: what follows its ? must be of the form name=value&name=value.`);
        }
        if (name === "ssl" && value === "true") {
            parameters.set("sslmode", "require");
        } else {
            setByName(parameters, name, value, origin);
        }
    }
    return parameters;
}

interface UrlParts {
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly hosts: readonly string[];
    readonly ports: readonly string[];
    readonly database: string;
    readonly query: string;
}

function splitUrl(rest: string, origin: string): UrlParts {
    // `user:password@`: the @ counts only before the first slash.
    const [, credentials, afterUser = rest] = /^([^@/]*)@(.*)$/s.exec(rest) ?? [];
    const [, user, , password] = /^([^:]*)(:(.*))?$/s.exec(credentials ?? "") ?? [];
    const end = findEndOfHosts(afterUser);
    const [authority, tail] = [afterUser.slice(0, end), afterUser.slice(end)];
    const places = authority.split(",").map((place) => splitPlace(place, origin));
    const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(tail) ?? [];
    const mayHoldPassword = password !== undefined || (credentials === undefined && authority.includes(":"));
    if (authority.includes("@") || (mayHoldPassword && path.includes("@"))) {
        throw new Error(`${origin} cannot be read: ${encodeHint}`);
    }
    return {
        user,
        password,
        hosts: places.map((place) => place.host),
        ports: places.some((place) => place.port !== "") ? places.map((place) => place.port) : [],
        database: path.slice(1),
        query,
    };
}

/** The position of the first `/` or `?` outside the brackets of an IPv6 address. */
function findEndOfHosts(text: string): number {
    const lastBracket = text.lastIndexOf("]");
    for (let at = 0; at < text.length; at++) {
        const sign = text.charAt(at);
        if (sign === "/" || sign === "?") {
            return at;
        }
        if (sign === "[" && at < lastBracket) {
            at = text.indexOf("]", at);
        }
    }
    return text.length;
}

function splitPlace(place: string, origin: string): { readonly host: string; readonly port: string } {
    const bracketed = /^\[([^\]]+)\](?::(.*))?$/s.exec(place);
    if (place.startsWith("[") && bracketed === null) {
        throw new Error(
            `${origin} cannot be read: an IPv6 address is written in brackets, as postgres://[::1]:5432/shop.`,
        );
    }
    const [, host = "", port = ""] = bracketed ?? /^([^:]*):?(.*)$/s.exec(place) ?? [];
    return { host, port };
}

const encodeHint =
    "special characters in its password must be percent-encoded (/ as %2F, ? as %3F, # as %23, @ as %40, % as %25).";

function decodePercent(text: string, origin: string): string {
    if (/%(?![0-9a-f]{2})|%00/i.test(text)) {
        throw new Error(`${origin} cannot be read: ${encodeHint}`);
    }
    const bytes = Buffer.from(text, "utf8").toString("latin1");
    const decoded = bytes.replaceAll(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
    return Buffer.from(decoded, "latin1").toString("utf8");
}

/** Reads `name = value` pairs between blanks; a value in single quotes may hold blanks, a backslash escapes the next character. */
function parsePairs(text: string, origin: string): ReadonlyMap<ParameterName, string> {
    const parameters = new Map<ParameterName, string>();
    const pair = /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\']|\\(?:.|$))(?:[^\s\\]|\\(?:.|$))*)?(?!'))/suy;
    let end = 0;
    while (text.slice(end).trim() !== "") {
        pair.lastIndex = end;
        const found = pair.exec(text);
        if (found === null) {
            throw new Error(
                `${origin} cannot be read: it must be of the form name=value name='value with blanks', a quote or backslash in a value written as \\' or \\\\.`,
            );
        }
        const [whole, name = "", quoted, plain = ""] = found;
        setByName(parameters, name, (quoted ?? plain).replaceAll(/\\(.?)/gsu, "$1"), origin);
        end += whole.length;
    }
    return parameters;
}

function setByName(parameters: Map<ParameterName, string>, name: string, value: string, origin: string): void {
    if (!isParameterName(name)) {
        throw new Error(describeUnknownParameter(name, origin));
    }
    const [currentName, currentValue] = translateOldName(name, value);
    parameters.set(currentName, currentValue);
}
