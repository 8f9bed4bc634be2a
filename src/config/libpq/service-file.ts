import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isSet, type Environment } from "../environment.js";
import { describeUnknownParameter, isParameterName, translateOldName, type ParameterName } from "./parameters.js";

/** Where builds of PostgreSQL look for `pg_service.conf` without PGSYSCONFDIR: Debian, Red Hat, Alpine, built from source. */
const systemFolders = ["/etc/postgresql-common", "/etc/sysconfig/pgsql", "/etc/postgresql", "/usr/local/pgsql/etc"];

/**
 * The parameters of a service: https://www.postgresql.org/docs/17/libpq-pgservice.html
 * The user's own file is read first, then the system's.
 *
 * @throws Error with one sentence when no file defines the service, or a line of it cannot be understood
 */
export function loadService(
    service: string,
    environment: Environment,
    homeFolder: string,
): ReadonlyMap<ParameterName, string> {
    const named = environment.PGSERVICEFILE;
    if (isSet(named) && !existsSync(named)) {
        throw new Error(`The service file ${named} that PGSERVICEFILE names does not exist.`);
    }
    const own = isSet(named) ? named : join(homeFolder, ".pg_service.conf");
    const folders = isSet(environment.PGSYSCONFDIR) ? [environment.PGSYSCONFDIR] : systemFolders;
    const files = [own, ...folders.map((folder) => join(folder, "pg_service.conf"))].filter((file) => existsSync(file));
    for (const file of files) {
        const found = parseServiceOrNull(readFileSync(file, "utf8"), service, file);
        if (found !== null) {
            return found;
        }
    }
    const place = files.length === 0 ? "~/.pg_service.conf or the system's pg_service.conf" : files.join(" or ");
    throw new Error(`The service ${service} is not defined in ${place}: correct its name, or add [${service}] there.`);
}

/** The parameters of one section; null when the text has no such section. As in libpq, the first value of a name counts. */
export function parseServiceOrNull(
    text: string,
    service: string,
    file: string,
): ReadonlyMap<ParameterName, string> | null {
    let found: Map<ParameterName, string> | null = null;
    for (const [index, raw] of text.split("\n").entries()) {
        const line = raw.trim();
        if (line === "" || line.startsWith("#")) {
            continue;
        }
        if (line.startsWith("[")) {
            if (found !== null) {
                return found;
            }
            found = line.startsWith(`[${service}]`) ? new Map() : null;
            continue;
        }
        if (found !== null) {
            addLine(found, line, `${file}, line ${index + 1},`);
        }
    }
    return found;
}

function addLine(parameters: Map<ParameterName, string>, line: string, origin: string): void {
    if (line.startsWith("ldap")) {
        throw new Error(`${origin} asks an LDAP server, which stardeck cannot: write the parameters themselves.`);
    }
    const [, name, value = ""] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
    if (name === undefined) {
        throw new Error(`${origin} is not of the form name=value.`);
    }
    if (name === "service") {
        throw new Error(`${origin} names another service: write its parameters here.`);
    }
    if (!isParameterName(name)) {
        throw new Error(
            name !== name.trim() && isParameterName(name.trim())
                ? `${origin} has a blank before its =: write ${name.trim()}=….`
                : describeUnknownParameter(name, origin),
        );
    }
    const [currentName, currentValue] = translateOldName(name, value);
    if (!parameters.has(currentName)) {
        parameters.set(currentName, currentValue);
    }
}
