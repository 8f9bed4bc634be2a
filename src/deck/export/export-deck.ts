import type { Database } from "../../database/database.js";
import { writeWholeFile } from "../../config/write-file.js";
import { loadBlock } from "../load-block.js";
import { listBlocks, type Deck, type Slide } from "../slide.js";
import { buildBlockHtml, buildProblemHtml } from "./block-html.js";
import { buildPage } from "./page.js";
import { buildSlideHtml } from "./slide-html.js";

const timeoutMs = 60_000;

/**
 * Writes all slides, with their blocks as read now, to one HTML page that loads nothing from elsewhere.
 *
 * @param options.readAt the time shown below the slides
 * @throws StardeckError `failed` when the file cannot be written; `interrupted`.
 */
export async function exportDeck(
    deck: Deck,
    database: Database,
    file: string,
    { readAt, signal }: { readonly readAt: Date; readonly signal: AbortSignal },
): Promise<void> {
    const title = deck.slides[0]?.title ?? deck.name;
    const text = `${title} · read from the warehouse on ${readAt.toISOString().slice(0, 16).replace("T", " at ")} UTC`;
    const count = deck.slides.length;
    await writeWholeFile(file, async (write) => {
        const slides: string[] = [];
        for (const [index, slide] of deck.slides.entries()) {
            const blocks = await loadBlocks(slide, database, signal);
            slides.push(buildSlideHtml(slide, blocks, { text, number: index + 1, count }));
        }
        await write(buildPage(title, slides));
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
