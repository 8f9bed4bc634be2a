import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageFolder } from "../../src/config/package-folder.js";
import { blockKinds, blockNames } from "../../src/deck/block-kinds.js";

it("are all in the README, each with what may follow it and its options", () => {
    const readme = readFileSync(join(packageFolder, "README.md"), "utf8");
    const [, table = ""] = /^\| block [^\n]*\n((?:\|[^\n]*\n)+)/m.exec(readme) ?? [];
    const rows = [...table.matchAll(/^\| `([a-z]+)( \[?[A-Z]+\]?)?` +\|[^|]+\|([^|]*)\|$/gm)];
    const told = rows.map(([, kind, subject = "", options = ""]) => ({
        kind,
        subject: subject.trim(),
        options: [...options.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    }));
    expect(told).toEqual(
        blockNames.map((kind) => {
            const { subject, options } = blockKinds[kind];
            const given = subject === null ? "" : subject.isRequired ? subject.name : `[${subject.name}]`;
            return { kind, subject: given, options: Object.keys(options) };
        }),
    );
});
