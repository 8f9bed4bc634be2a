import { describe, expect, it } from "vitest";
import { StardeckError } from "../../src/config/errors.js";
import type { ArgumentDescription, FlagDescriptions } from "../../src/commands/command.js";
import { parseArguments, splitCommand } from "../../src/commands/parse-arguments.js";

const flags = {
    limit: { type: "number", placeholder: "N", isWhole: true, least: 0, most: 100, description: "" },
    scale: { type: "number", placeholder: "X", isWhole: false, least: 0.1, most: 10, description: "" },
    where: { type: "string", placeholder: "SQL", description: "" },
    select: { type: "string", placeholder: "SELECTOR", isMultiple: true, description: "" },
    format: { type: "string", placeholder: "FORMAT", choices: ["table", "csv"], description: "" },
    failFast: { type: "boolean", description: "" },
} as const satisfies FlagDescriptions;

const model: ArgumentDescription = { name: "MODEL", isRequired: true, description: "model to show" };

function parse(argv: readonly string[], expected: readonly ArgumentDescription[] = []): unknown {
    return parseArguments(argv, flags, expected, "show");
}

function problemOf(argv: readonly string[], expected: readonly ArgumentDescription[] = []): string {
    try {
        parse(argv, expected);
    } catch (error) {
        expect(error).toBeInstanceOf(StardeckError);
        expect((error as StardeckError).code).toBe("usage");
        return (error as StardeckError).message;
    }
    return "";
}

describe("parseArguments", () => {
    it("reads flags in both spellings, before and after arguments", () => {
        expect(parse(["--limit", "5", "orders", "--scale=0.5", "--fail-fast", "--no-color"], [model])).toEqual({
            arguments: ["orders"],
            flags: { limit: 5, scale: 0.5, failFast: true, color: false, select: [] },
        });
    });

    it("leaves out what is not given", () => {
        expect(parse([])).toEqual({ arguments: [], flags: { select: [] } });
    });

    it("collects a flag that may be given several times", () => {
        expect(parse(["--select", "a b", "--select=c"])).toMatchObject({ flags: { select: ["a b", "c"] } });
    });

    it("keeps values as they are: dashes, equals signs, line breaks, numbers in text", () => {
        expect(parse(["--where", "-1 = a\nor b=--c"])).toMatchObject({ flags: { where: "-1 = a\nor b=--c" } });
        expect(parse(["--where=--x"])).toMatchObject({ flags: { where: "--x" } });
        expect(parse(["--where", "007"])).toMatchObject({ flags: { where: "007" } });
    });

    it("takes everything after -- as arguments", () => {
        expect(parse(["--", "--limit"], [model])).toMatchObject({ arguments: ["--limit"] });
    });

    it.each([
        [["--limt", "5"], 'Unknown flag --limt.\nUnexpected argument "5".'],
        [["--limit"], "--limit needs a value: --limit N."],
        [["--limit", "--fail-fast"], "--limit needs a value: --limit N."],
        [["--where="], "--where needs a value: --where SQL."],
        [["--limit", "x"], '--limit takes a whole number from 0 to 100, not "x".'],
        [["--limit", "1.5"], '--limit takes a whole number from 0 to 100, not "1.5".'],
        [["--limit", "-1"], '--limit takes a whole number from 0 to 100, not "-1".'],
        [["--limit", "0x10"], '--limit takes a whole number from 0 to 100, not "0x10".'],
        [["--scale", "1e3"], '--scale takes a number from 0.1 to 10, not "1e3".'],
        [["--limit", "1", "--limit", "2"], "--limit is given twice."],
        [["--fail-fast", "--fail-fast"], "--fail-fast is given twice."],
        [["--fail-fast=yes"], "--fail-fast takes no value."],
        [["--color"], "Unknown flag --color."],
        [["--no-fail-fast"], "Unknown flag --no-fail-fast."],
        [["-x"], "Unknown flag -x."],
        [["--format", "xls"], '--format takes one of table, csv, not "xls".'],
        [["orders"], 'Unexpected argument "orders".'],
        [["--__proto__", "1"], 'Unknown flag --__proto__.\nUnexpected argument "1".'],
    ])("refuses %j", (argv, message) => {
        expect(problemOf(argv)).toBe(message);
    });

    it("names a missing argument", () => {
        expect(problemOf([], [model])).toBe("MODEL is missing: model to show.");
    });

    it("suggests the nearest flag", () => {
        expect(() => parse(["--fail-fats"])).toThrow(expect.objectContaining({ hint: "Did you mean --fail-fast?" }));
    });
});

describe("splitCommand", () => {
    it("finds the command after global flags and their values", () => {
        expect(splitCommand(["--database-url", "postgres://x", "--json", "show", "orders"])).toEqual({
            name: "show",
            rest: ["--database-url", "postgres://x", "--json", "orders"],
        });
    });

    it("finds none where there is none", () => {
        expect(splitCommand(["--json"])).toEqual({ name: null, rest: ["--json"] });
    });

    it("refuses a flag before the command whose value cannot be told from the command", () => {
        expect(() => splitCommand(["--database-ur", "postgres://x", "build"])).toThrow(
            expect.objectContaining({ hint: "Did you mean --database-url?" }),
        );
    });
});
