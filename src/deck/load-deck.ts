import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { StardeckError } from "../config/errors.js";
import { packageFolder } from "../config/package-folder.js";
import { parseSlides } from "./parse-deck.js";
import type { Deck, Slide } from "./slide.js";

/** The deck that is shipped with stardeck. */
export const shippedDeckFolder = join(packageFolder, "slides");

/** Larger files are not read: nobody writes such a slide by hand. */
const maxFileBytes = 1_000_000;

/**
 * Reads the Markdown files of a folder, in the order of their names.
 *
 * @throws StardeckError `usage` when there is no such folder, or no slide in it.
 */
export async function loadDeck(folder: string): Promise<Deck> {
    const files = await listFiles(folder);
    const slides = (await Promise.all(files.map((file) => loadSlides(folder, file)))).flat();
    if (slides.length === 0) {
        throw new StardeckError(`${folder} holds no slides.`, {
            code: "usage",
            hint: "A slide is a Markdown file (01-title.md) in that folder; lines of `---` separate several in one file.",
        });
    }
    return { name: basename(folder), slides: folder === shippedDeckFolder ? slides.map(markOurs) : slides };
}

function markOurs(slide: Slide): Slide {
    const nodes = slide.nodes.map((node) => {
        if (node.kind !== "block" || !("from" in node.block) || node.block.from.kind !== "sql") {
            return node;
        }
        const from = { ...node.block.from, isOurs: true };
        return { ...node, block: { ...node.block, from } };
    });
    return { ...slide, nodes };
}

async function listFiles(folder: string): Promise<readonly string[]> {
    try {
        const names = await readdir(folder);
        // Numeric, so that 2.md comes before 10.md.
        const order = new Intl.Collator("en", { numeric: true });
        return names
            .filter((name) => /\.(md|markdown)$/i.test(name) && !name.startsWith("."))
            .sort((one, other) => order.compare(one, other) || (one < other ? -1 : 1));
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        const reason = { ENOENT: "does not exist", ENOTDIR: "is no folder", EACCES: "may not be read" }[code];
        throw new StardeckError(`The deck ${folder} ${reason ?? `cannot be read (${code})`}.`, {
            code: "usage",
            hint: "Give a folder of Markdown files; without --deck the one that comes with stardeck is shown.",
            cause: error,
        });
    }
}

/** The slides of a file. A file that cannot be read becomes a slide that says so, so that the others can be shown. */
async function loadSlides(folder: string, file: string): Promise<readonly Slide[]> {
    try {
        const path = join(folder, file);
        const { size } = await stat(path);
        if (size > maxFileBytes) {
            return [
                makeWrongSlide(file, `It has ${size} bytes.`, `A file of slides has at most ${maxFileBytes} bytes.`),
            ];
        }
        return parseSlides(file, await readFile(path, "utf8"));
    } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        const reason = { EISDIR: "it is a folder", EACCES: "there is no permission" }[code] ?? code;
        return [makeWrongSlide(file, `It cannot be read: ${reason}.`, "Check the file and start again.")];
    }
}

function makeWrongSlide(file: string, message: string, hint: string): Slide {
    const place = { file, line: 1 };
    return {
        title: file,
        heading: null,
        nodes: [{ kind: "wrong", message, hint, place, text: "" }],
        notes: "",
        place,
    };
}
