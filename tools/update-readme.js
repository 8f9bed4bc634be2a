// Writes the table of keys and the command reference into README.md, from the keymap and the commands' own descriptions.
import { readFileSync, writeFileSync } from "node:fs";
import { URL } from "node:url";
import { updateReadme } from "../dist/src/commands/reference.js";
import { updateKeyTable } from "../dist/src/tui/app/key-table.js";

const readme = new URL("../README.md", import.meta.url);
writeFileSync(readme, await updateReadme(updateKeyTable(readFileSync(readme, "utf8"))));
