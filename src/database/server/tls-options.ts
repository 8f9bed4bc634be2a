import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { rootCertificates, type ConnectionOptions } from "node:tls";
import type { TlsSettings } from "../../config/server-settings.js";
import { ConnectionError, errorMessage } from "../errors.js";

/**
 * Options that make Node's TLS behave like libpq: https://www.postgresql.org/docs/17/libpq-ssl.html
 * A root certificate that exists is used in every mode; the verifying modes require one.
 *
 * @param host the name that the certificate must be for, in mode `verify-full`
 * @throws ConnectionError about a missing file, or a key that others can read
 */
export function loadTlsOptions(tls: TlsSettings, host: string): ConnectionOptions {
    const authorities = loadAuthorities(tls);
    if (authorities === null && tls.mode.startsWith("verify")) {
        const file = tls.rootCertificate ?? join(tls.defaultFolder, "root.crt");
        throw makeTlsError(
            `sslmode=${tls.mode} needs a root certificate, and ${file} does not exist.`,
            "Name one by sslrootcert=FILE, take the system's by sslrootcert=system, or encrypt without checking by sslmode=require.",
        );
    }
    const revocations = authorities === null ? [] : loadRevocations(tls);
    return {
        rejectUnauthorized: authorities !== null,
        ...(authorities === null ? {} : { ca: [...authorities] }),
        ...(revocations.length === 0 ? {} : { crl: [...revocations] }),
        ...loadOwnCertificate(tls),
        ...(tls.sendsHostName && isIP(host) === 0 ? { servername: host } : {}),
        minVersion: tls.minVersion ?? "TLSv1.2",
        ...(tls.maxVersion === null ? {} : { maxVersion: tls.maxVersion }),
        checkServerIdentity: (_address, { raw }) =>
            tls.mode !== "verify-full" || isIssuedFor(new X509Certificate(raw), host)
                ? undefined
                : new Error(`the certificate is for ${describeNames(new X509Certificate(raw))} and not for ${host}`),
    };
}

/** Certificates of the authorities to trust; null when none are named and no default file exists. */
function loadAuthorities(tls: TlsSettings): readonly string[] | null {
    if (tls.rootCertificate === "system") {
        return loadSystemAuthorities(tls);
    }
    const file = tls.rootCertificate ?? join(tls.defaultFolder, "root.crt");
    return existsSync(file) ? [readFile(file, "root certificate")] : null;
}

/** Where systems keep the authorities that they trust: Debian, Red Hat, SUSE, Alpine and macOS. */
const systemBundles = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/** From OpenSSL's variable, else from the system's file, else the certificates that come with Node.js. */
function loadSystemAuthorities({ systemCertificates }: TlsSettings): readonly string[] {
    const file = systemCertificates ?? systemBundles.find((each) => existsSync(each));
    return file === undefined ? rootCertificates : [readFile(file, "file of trusted certificates")];
}

function loadRevocations(tls: TlsSettings): readonly string[] {
    const isNamed = tls.revocationList !== null || tls.revocationFolder !== null;
    const file = isNamed ? tls.revocationList : join(tls.defaultFolder, "root.crl");
    const folder = tls.revocationFolder;
    return [
        ...(file !== null && existsSync(file) ? [readFile(file, "revocation list")] : []),
        ...(folder === null ? [] : listFiles(folder).map((name) => readFile(join(folder, name), "revocation list"))),
    ];
}

function loadOwnCertificate(tls: TlsSettings): ConnectionOptions {
    const certificate = tls.certificate ?? join(tls.defaultFolder, "postgresql.crt");
    if (!tls.sendsCertificate || !existsSync(certificate)) {
        return {};
    }
    const key = tls.key ?? join(tls.defaultFolder, "postgresql.key");
    if (!existsSync(key)) {
        throw makeTlsError(
            `There is a certificate ${certificate}, but its private key ${key} does not exist.`,
            "Name the key by sslkey=FILE, or leave the certificate out by sslcertmode=disable.",
        );
    }
    checkKeyMode(key);
    return {
        cert: readFile(certificate, "certificate"),
        key: readFile(key, "private key"),
        ...(tls.keyPassword === null ? {} : { passphrase: tls.keyPassword }),
    };
}

/** A key that belongs to root may be readable by its group, which is how systems share keys; any other key only by its owner. */
function checkKeyMode(file: string): void {
    const { mode, uid } = statSync(file);
    const forbidden = uid === 0 ? 0o037 : 0o077;
    if ((mode & forbidden) !== 0) {
        throw makeTlsError(
            `The private key ${file} can be read or written by others.`,
            `chmod 600 '${file}' (a key that belongs to root may have 640).`,
        );
    }
}

function readFile(file: string, what: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        throw makeTlsError(
            `The ${what} ${file} cannot be read: ${errorMessage(error)}.`,
            "Correct its place or rights.",
        );
    }
}

function listFiles(folder: string): readonly string[] {
    try {
        return readdirSync(folder);
    } catch (error) {
        throw makeTlsError(
            `The folder of revocation lists ${folder} cannot be read: ${errorMessage(error)}.`,
            "Correct its place or rights.",
        );
    }
}

function makeTlsError(message: string, hint: string): ConnectionError {
    return new ConnectionError(message, { hint, cause: undefined });
}

/**
 * libpq's rule: the host must be among the alternative names; the common name counts only if there are none of its kind.
 * An asterisk matches one whole label.
 */
function isIssuedFor(certificate: X509Certificate, host: string): boolean {
    const names = certificate.subjectAltName ?? "";
    if (isIP(host) === 0) {
        return certificate.checkHost(host, { subject: "default", partialWildcards: false }) !== undefined;
    }
    const subject = names.includes("IP Address:") ? "never" : "default";
    return certificate.checkIP(host) !== undefined || certificate.checkHost(host, { subject }) !== undefined;
}

function describeNames({ subject, subjectAltName }: X509Certificate): string {
    const names = subjectAltName?.replaceAll(/DNS:|IP Address:/g, "") ?? /^CN=(.*)$/m.exec(subject)?.[1];
    return names ?? "nobody by name";
}
