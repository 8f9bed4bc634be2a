import type { Database } from "../../database/database.js";
import { writeWholeFile } from "../../config/write-file.js";
import { loadBlock } from "../load-block.js";
import { listBlocks, type Deck, type Slide } from "../slide.js";
import { buildBlockHtml, buildProblemHtml } from "./block-html.js";
import { buildPage } from "./page.js";
import { buildSlideHtml } from "./slide-html.js";

const timeoutMs = 60_000;

/**
 * Writes all slides with what is read for them now to one HTML page, which asks for nothing from anywhere else.
 *
 * @throws StardeckError `failed` when the file cannot be written; `interrupted`.
 */
export async function exportDeck(deck: Deck, database: Database, file: string, signal: AbortSignal): Promise<void> {
    await writeWholeFile(file, async (write) => {
        const slides: string[] = [];
        for (const slide of deck.slides) {
            slides.push(buildSlideHtml(slide, await loadBlocks(slide, database, signal)));
        }
        await write(buildPage(deck.slides[0]?.title ?? deck.name, slides));
    });
}

async function loadBlocks(slide: Slide, database: Database, signal: AbortSignal): Promise<readonly string[]> {
    const blocks: string[] = [];
    for (const placed of listBlocks(slide)) {
        signal.throwIfAborted();
        try {
            blocks.push(buildBlockHtml(placed.block, await loadBlock(database, placed.block, { signal, timeoutMs })));
        } catch (error) {
            signal.throwIfAborted();
            blocks.push(buildProblemHtml(error instanceof Error ? error.message : String(error), placed));
        }
    }
    return blocks;
}
