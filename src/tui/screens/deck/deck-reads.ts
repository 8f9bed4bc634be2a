import { ConnectionError } from "../../../database/errors.js";
import type { BlockContent } from "../../../deck/block-content.js";
import { loadBlock } from "../../../deck/load-block.js";
import { listBlocks, type Deck } from "../../../deck/slide.js";
import type { App } from "../../app/app.js";
import { makeLoad, type Load } from "../../kit/load.js";
import type { Readable } from "../../terminal/store.js";
import type { BlockState } from "./slides/block-lines.js";

/** The content of the slides' blocks, read one after the other: first the slide in view, then its neighbours. */
export interface DeckReads {
    readonly changes: readonly Readable<unknown>[];
    readonly stateOf: (slideIndex: number, blockIndex: number) => BlockState;
    /** Says which slide is in view: it is read next, and reads for other slides are cancelled. */
    readonly look: (slideIndex: number) => void;
    /** Cancels all reads until the next `look`. */
    readonly rest: () => void;
    /** Reads everything again, beginning with the slide in view; the old content is shown until then. */
    readonly refresh: () => void;
}

const timeoutMs = 20_000;
const maxLosses = 2;

export function makeDeckReads(app: App, deck: Deck): DeckReads {
    const slides: readonly (readonly Load<BlockContent>[])[] = deck.slides.map((slide) =>
        listBlocks(slide).map(({ block }) =>
            makeLoad(app, (database, options) => loadBlock(database, block, options), timeoutMs),
        ),
    );
    const loads = slides.flat();
    /** How often the connection was lost while a block was read, so that a block that breaks it is not read for ever. */
    const losses = new Map<Load<BlockContent>, number>();
    /** The slide in view; null while none is. */
    let current: number | null = null;
    let walk = 0;

    /** Reads what is not up to date: on the slide in view, the next, the previous, the one after next. A later call replaces this one. */
    async function readOn(): Promise<void> {
        const own = ++walk;
        for (const near of current === null ? [] : [current, current + 1, current - 1, current + 2]) {
            for (const load of slides[near] ?? []) {
                if (own !== walk) {
                    return;
                }
                await load.need();
            }
        }
    }

    const refresh = (): void => {
        losses.clear();
        for (const load of loads) {
            load.outdate();
        }
        void readOn();
    };
    app.builds.onEnd(refresh);
    app.connection.subscribe(() => {
        if (app.connection.get().kind !== "open") {
            return;
        }
        // Reads that failed with the connection are repeated when it is back.
        for (const load of loads.filter((each) => each.get().error instanceof ConnectionError)) {
            const count = (losses.get(load) ?? 0) + 1;
            losses.set(load, count);
            if (count < maxLosses) {
                load.outdate();
            }
        }
        void readOn();
    });

    return {
        changes: loads,
        stateOf: (slideIndex, blockIndex) => {
            const { value = null, error = null } = slides[slideIndex]?.[blockIndex]?.get() ?? {};
            // Content that was read before the connection was lost stays.
            if (error !== null && !(error instanceof ConnectionError && value !== null)) {
                return { kind: "failed", error };
            }
            return value === null ? { kind: "loading" } : { kind: "loaded", content: value };
        },
        look: (slideIndex) => {
            if (slideIndex !== current) {
                current = slideIndex;
                // A slow read for a slide that was left would delay this one.
                for (const load of slides.flatMap((own, index) => (index === slideIndex ? [] : own))) {
                    load.cancel();
                }
                void readOn();
            }
        },
        rest: () => {
            current = null;
            walk++;
            for (const load of loads) {
                load.cancel();
            }
        },
        refresh,
    };
}
