import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether OpenSSL's program is installed, which makes the certificates. */
export async function hasOpenssl(): Promise<boolean> {
    return await run("openssl", ["version"]).then(
        () => true,
        () => false,
    );
}

/** A certificate and its private key, as texts in PEM. */
export interface Certificate {
    readonly certificate: string;
    readonly key: string;
}

export interface CertificateWish {
    /** The subject's common name, and a name of the host it is for. */
    readonly name: string;
    readonly isExpired?: boolean;
}

/** An authority that issues and revokes certificates. */
export interface Authority {
    readonly certificate: string;
    readonly issue: (wish: CertificateWish) => Promise<Certificate>;
    /** The list of revoked certificates, with this one on it. */
    readonly revoke: (certificate: Certificate) => Promise<string>;
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

const configuration = `
[ca]
default_ca = own
[own]
dir = .
database = index.txt
serial = serial
crlnumber = crlnumber
certificate = ca.crt
private_key = ca.key
new_certs_dir = .
default_md = sha256
default_days = 30
default_crl_days = 30
unique_subject = no
copy_extensions = copy
policy = any
[any]
commonName = supplied
[req]
distinguished_name = subject
[subject]
`;

/** @param runFolder where the authority may make a folder of its own */
export async function makeAuthority(runFolder: string, name: string): Promise<Authority> {
    const cwd = await mkdtemp(join(runFolder, "authority-"));
    const openssl = async (...words: readonly string[]): Promise<void> => {
        await run("openssl", [...words], { cwd });
    };
    const read = (file: string): Promise<string> => readFile(join(cwd, file), "utf8");
    await writeFile(join(cwd, "openssl.cnf"), configuration);
    await writeFile(join(cwd, "index.txt"), "");
    await writeFile(join(cwd, "serial"), "01\n");
    await writeFile(join(cwd, "crlnumber"), "01\n");
    const subject = ["-config", "openssl.cnf", "-subj", `/CN=${name}`];
    const usage = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign,cRLSign"];
    await openssl(
        "req",
        "-x509",
        ...subject,
        ...usage,
        ...newKey,
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        "-days",
        "30",
    );
    let count = 0;
    return {
        certificate: await read("ca.crt"),
        issue: async (wish) => {
            const file = `issued-${++count}`;
            const request = [...requestFor(wish), ...newKey, "-keyout", `${file}.key`, "-out", `${file}.csr`];
            await openssl("req", "-new", ...request);
            const dates =
                wish.isExpired === true ? ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"] : [];
            const files = ["-in", `${file}.csr`, "-out", `${file}.crt`, "-notext", "-batch"];
            await openssl("ca", "-config", "openssl.cnf", ...dates, ...files);
            return { certificate: await read(`${file}.crt`), key: await read(`${file}.key`) };
        },
        revoke: async ({ certificate }) => {
            await writeFile(join(cwd, "revoked.crt"), certificate);
            await openssl("ca", "-config", "openssl.cnf", "-revoke", "revoked.crt");
            await openssl("ca", "-config", "openssl.cnf", "-gencrl", "-out", "revoked.crl");
            return await read("revoked.crl");
        },
    };
}

function requestFor({ name }: CertificateWish): readonly string[] {
    return ["-config", "openssl.cnf", "-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
}

/** A self-signed certificate. */
export async function makeSelfSigned(runFolder: string, wish: CertificateWish): Promise<Certificate> {
    const cwd = await mkdtemp(join(runFolder, "self-signed-"));
    await writeFile(join(cwd, "openssl.cnf"), configuration);
    const files = ["-keyout", "own.key", "-out", "own.crt", "-days", "30"];
    await run("openssl", ["req", "-x509", ...requestFor(wish), ...newKey, ...files], { cwd });
    return {
        certificate: await readFile(join(cwd, "own.crt"), "utf8"),
        key: await readFile(join(cwd, "own.key"), "utf8"),
    };
}

/** The same key, encrypted with a password. */
export async function encryptKey(runFolder: string, key: string, password: string): Promise<string> {
    const cwd = await mkdtemp(join(runFolder, "key-"));
    await writeFile(join(cwd, "plain.key"), key);
    const words = ["pkcs8", "-topk8", "-in", "plain.key", "-out", "encrypted.key", "-passout", `pass:${password}`];
    await run("openssl", words, { cwd });
    return await readFile(join(cwd, "encrypted.key"), "utf8");
}
