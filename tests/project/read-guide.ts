import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../../src/config/package-folder.js";

/** What a reader of a guide does: writes a file, or types a command. */
export type GuideStep =
    | { readonly kind: "file"; readonly path: string; readonly text: string }
    | { readonly kind: "command"; readonly line: string };

/** The files and commands of `docs/your-own-warehouse.md`, in their order. A block of a file names its path after the language. */
export function readGuide(): {
    readonly steps: readonly GuideStep[];
    readonly files: readonly { readonly path: string; readonly text: string }[];
} {
    const page = readFileSync(join(packageFolder, "docs/your-own-warehouse.md"), "utf8");
    const steps = [...page.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```/gm)].flatMap(
        ([, language, path = "", text = ""]): readonly GuideStep[] =>
            language === "console"
                ? text
                      .split("\n")
                      .filter((line) => line.startsWith("$ "))
                      .map((line) => ({ kind: "command", line: line.slice(2) }))
                : [{ kind: "file", path, text }],
    );
    return { steps, files: steps.filter((step) => step.kind === "file") };
}
