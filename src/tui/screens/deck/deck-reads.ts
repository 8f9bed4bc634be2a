import { ConnectionError } from "../../../database/errors.js";
import { loadBlock } from "../../../deck/load-block.js";
import { listBlocks, type Deck } from "../../../deck/slide.js";
import type { App } from "../../app/app.js";
import type { BlockState } from "./slides/block-lines.js";
import { makeStore, type Readable } from "../../terminal/store.js";

/** What the blocks of the slides show, read one after the other: what is in view first, then its neighbours. */
export interface DeckReads {
    readonly changes: readonly Readable<unknown>[];
    readonly stateOf: (slideIndex: number, blockIndex: number) => BlockState;
    /** Makes this slide the next to be read: what is being read for another one is put off. */
    readonly look: (slideIndex: number) => void;
    /** Puts off all reading until somebody looks again. */
    readonly rest: () => void;
    /** Reads everything again, beginning with the slide in view; what is known is shown until then. */
    readonly refresh: () => void;
}

const timeoutMs = 20_000;
const maxLosses = 2;
const loading: BlockState = { kind: "loading" };

export function makeDeckReads(app: App, deck: Deck): DeckReads {
    const blocks = deck.slides.map(listBlocks);
    const states = makeStore<ReadonlyMap<string, BlockState>>(new Map());
    const keyOf = (slideIndex: number, blockIndex: number): string => `${slideIndex} ${blockIndex}`;
    /** What need not be read any more, and what only because the connection was lost over it. */
    const done = new Map<string, "read" | "lost">();
    /** How often the connection was lost over a block: one that breaks it must not do so for ever. */
    const losses = new Map<string, number>();
    let current = 0;
    let isLookedAt = false;
    let isReading = false;
    let reading: { readonly slideIndex: number; readonly stop: AbortController } | null = null;

    function missingOf(slideIndex: number): readonly number[] {
        return [...(blocks[slideIndex] ?? []).keys()].filter((blockIndex) => !done.has(keyOf(slideIndex, blockIndex)));
    }

    /** The nearest block that nobody has read: on the slide in view, the next one, the one before. */
    function nextOrNull(): readonly [slideIndex: number, blockIndex: number] | null {
        for (const slideIndex of [current, current + 1, current - 1, current + 2]) {
            const [blockIndex] = missingOf(slideIndex);
            if (blockIndex !== undefined) {
                return [slideIndex, blockIndex];
            }
        }
        return null;
    }

    async function readOne(slideIndex: number, blockIndex: number): Promise<void> {
        const placed = blocks[slideIndex]?.[blockIndex];
        if (placed === undefined) {
            return;
        }
        const key = keyOf(slideIndex, blockIndex);
        const stop = new AbortController();
        reading = { slideIndex, stop };
        try {
            const content = await app.read(
                (database, options) => loadBlock(database, placed.block, options),
                stop.signal,
                timeoutMs,
            );
            if (!stop.signal.aborted) {
                done.set(key, "read");
                setState(key, { kind: "loaded", content });
            }
        } catch (error) {
            if (stop.signal.aborted) {
                return;
            }
            const isLost = error instanceof ConnectionError;
            const lossCount = (losses.get(key) ?? 0) + (isLost ? 1 : 0);
            losses.set(key, lossCount);
            done.set(key, isLost && lossCount < maxLosses ? "lost" : "read");
            // What was read before the connection was lost stays.
            if (!isLost || states.get().get(key)?.kind !== "loaded") {
                setState(key, { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) });
            }
        }
    }

    function setState(key: string, state: BlockState): void {
        states.update((known) => new Map([...known, [key, state]]));
    }

    async function readOn(): Promise<void> {
        if (isReading) {
            return;
        }
        isReading = true;
        for (let next = nextOrNull(); isLookedAt && next !== null; next = nextOrNull()) {
            await readOne(...next);
        }
        isReading = false;
        reading = null;
    }

    const refresh = (): void => {
        done.clear();
        losses.clear();
        reading?.stop.abort();
        void readOn();
    };
    app.builds.onEnd(refresh);
    app.connection.subscribe(() => {
        // What was lost with the connection is read again when it is back.
        if (app.connection.get().kind === "open") {
            for (const [key] of [...done].filter(([, how]) => how === "lost")) {
                done.delete(key);
            }
            void readOn();
        }
    });

    return {
        changes: [states],
        stateOf: (slideIndex, blockIndex) => states.get().get(keyOf(slideIndex, blockIndex)) ?? loading,
        look: (slideIndex) => {
            current = slideIndex;
            isLookedAt = true;
            // A slow one would keep those waiting who have gone on.
            if (reading !== null && reading.slideIndex !== slideIndex && missingOf(slideIndex).length > 0) {
                reading.stop.abort();
            }
            void readOn();
        },
        rest: () => {
            isLookedAt = false;
            reading?.stop.abort();
        },
        refresh,
    };
}
