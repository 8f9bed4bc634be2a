// Writes the command reference and the table of keys into docs/reference, from the commands' own descriptions and the keymap.
import { readFileSync, writeFileSync } from "node:fs";
import { URL } from "node:url";
import { updateCommands } from "../dist/src/commands/reference.js";
import { updateKeyTable } from "../dist/src/tui/app/key-table.js";

const pageOf = (name) => new URL(`../docs/reference/${name}.md`, import.meta.url);
writeFileSync(pageOf("commands"), await updateCommands(readFileSync(pageOf("commands"), "utf8")));
writeFileSync(pageOf("keys"), updateKeyTable(readFileSync(pageOf("keys"), "utf8")));
