import { replaceSection } from "../config/replace-section.js";
import { catalogue } from "./catalogue.js";
import type { FlagDescriptions } from "./command.js";
import { globalFlags } from "./global-flags.js";
import { formatFlag, formatUsage } from "./help.js";

/** The command reference in Markdown, from the same descriptions as `--help`. */
async function formatReference(): Promise<string> {
    const sections: string[] = [];
    for (const { load } of Object.values(catalogue)) {
        const { command } = await load();
        sections.push(
            [
                `## \`stardeck ${command.name}\``,
                "",
                command.description,
                "",
                "```",
                formatUsage(command),
                "```",
                "",
                ...formatFlags(command.flags),
                ...command.examples.map((example) => `- \`${example.command}\` — ${example.does}`),
            ].join("\n"),
        );
    }
    return [...sections, ["## Flags of every command", "", ...formatFlags(globalFlags)].join("\n").trimEnd()].join(
        "\n\n",
    );
}

function formatFlags(flags: FlagDescriptions): readonly string[] {
    const rows = Object.entries(flags).map(
        ([key, flag]) => `| \`${formatFlag(key, flag)}\` | ${flag.description.replaceAll("|", "\\|")} |`,
    );
    return rows.length === 0 ? [] : ["| flag | meaning |", "| --- | --- |", ...rows, ""];
}

/** Updates the reference in the page `docs/reference/commands.md`. */
export async function updateCommands(page: string): Promise<string> {
    return replaceSection(page, "commands", await formatReference());
}
