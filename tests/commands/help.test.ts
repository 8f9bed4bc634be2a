import { describe, expect, it } from "vitest";
import { catalogue, mainJob } from "../../src/commands/catalogue.js";
import { formatCommandHelp, formatGeneralHelp, formatUsage } from "../../src/commands/help.js";

describe("formatGeneralHelp", () => {
    it("lists every command with its summary", () => {
        const help = formatGeneralHelp();
        for (const [name, { summary }] of Object.entries(catalogue)) {
            expect(help).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
        }
    });
});

describe.each([...Object.entries(catalogue), ["", mainJob] as const])("the command %j", (name, entry) => {
    it("carries its own name, an example that uses it, and a sentence for each argument and flag", async () => {
        const { command } = await entry.load();
        expect(command.name).toBe(name);
        expect(command.examples.length).toBeGreaterThan(0);
        for (const example of command.examples) {
            expect(example.command.startsWith(`stardeck ${name}`.trim())).toBe(true);
            expect(example.does).toMatch(/\.$/);
        }
        for (const { description } of [...Object.values(command.flags), ...command.arguments]) {
            expect(description).not.toBe("");
        }
        const help = formatCommandHelp(command);
        expect(help).toContain(`  ${formatUsage(command)}\n`);
        expect(help).toContain("$ stardeck");
    });
});
