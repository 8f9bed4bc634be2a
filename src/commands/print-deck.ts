import type { Database } from "../database/database.js";
import { formatPlainBlock, formatPlainSlide } from "../deck/format-plain.js";
import { loadBlock } from "../deck/load-block.js";
import { listBlocks, type Deck } from "../deck/slide.js";
import type { Output } from "./output.js";

const timeoutMs = 60_000;

/** Prints all slides as plain text; in place of a block that cannot be loaded, prints why. */
export async function printDeck(deck: Deck, database: Database, output: Output, signal: AbortSignal): Promise<void> {
    for (const [index, slide] of deck.slides.entries()) {
        const blocks: (readonly string[])[] = [];
        for (const placed of listBlocks(slide)) {
            signal.throwIfAborted();
            try {
                blocks.push(formatPlainBlock(placed, await loadBlock(database, placed.block, { signal, timeoutMs })));
            } catch (error) {
                signal.throwIfAborted();
                const message = error instanceof Error ? error.message : String(error);
                blocks.push([
                    ...message.split("\n"),
                    `The ${placed.block.kind} of ${placed.place.file}, line ${placed.place.line}.`,
                ]);
            }
        }
        const lines = formatPlainSlide(slide, index + 1, blocks);
        if (output.isJson) {
            output.record({ type: "slide", number: index + 1, title: slide.title, text: lines.join("\n") });
        } else {
            for (const line of [...lines, "", ""]) {
                output.line(line);
            }
        }
    }
}
