import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

interface LockFile {
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
}

it("locks packages by name, version and hash, and names no registry host", () => {
    const path = join(import.meta.dirname, "../../package-lock.json");
    const { packages } = JSON.parse(readFileSync(path, "utf8")) as LockFile;
    const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
    expect(Object.keys(packages).length).toBeGreaterThan(1);
    expect(addresses.filter((address) => /^\w+(\+\w+)?:\/\//.test(address))).toEqual([]);
});
