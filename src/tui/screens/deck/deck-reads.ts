import { ConnectionError } from "../../../database/errors.js";
import { loadBlock } from "../../../deck/load-block.js";
import { listBlocks, type Deck } from "../../../deck/slide.js";
import type { App } from "../../app.js";
import type { BlockState } from "../../presentation/slides/block-lines.js";
import { makeStore, type Readable } from "../../store.js";

/** What the blocks of the slides show, read one after the other: what is in view first, then its neighbours. */
export interface DeckReads {
    readonly changes: readonly Readable<unknown>[];
    readonly stateOf: (slideIndex: number, blockIndex: number) => BlockState;
    /** Makes this slide the next to be read. */
    readonly look: (slideIndex: number) => void;
    /** Reads everything again, beginning with the slide in view. */
    readonly refresh: () => void;
}

const timeoutMs = 20_000;
const loading: BlockState = { kind: "loading" };

export function makeDeckReads(app: App, deck: Deck): DeckReads {
    const blocks = deck.slides.map(listBlocks);
    const states = makeStore<ReadonlyMap<string, BlockState>>(new Map());
    const keyOf = (slideIndex: number, blockIndex: number): string => `${slideIndex} ${blockIndex}`;
    let current = 0;
    let isReading = false;
    /** Counts the times that everything is read: an answer to an earlier one is thrown away. */
    let round = 0;

    /** The nearest block that nobody has read: on the slide in view, the next one, the one before. */
    function nextOrNull(): readonly [slideIndex: number, blockIndex: number] | null {
        for (const slideIndex of [current, current + 1, current - 1, current + 2]) {
            for (const blockIndex of (blocks[slideIndex] ?? []).keys()) {
                if (!states.get().has(keyOf(slideIndex, blockIndex))) {
                    return [slideIndex, blockIndex];
                }
            }
        }
        return null;
    }

    async function readOne(slideIndex: number, blockIndex: number): Promise<void> {
        const placed = blocks[slideIndex]?.[blockIndex];
        if (placed === undefined) {
            return;
        }
        const own = round;
        let state: BlockState;
        try {
            const content = await app.read((database, signal) =>
                loadBlock(database, placed.block, { signal, timeoutMs }),
            );
            state = { kind: "loaded", content };
        } catch (error) {
            state = { kind: "failed", error: error instanceof Error ? error : new Error(String(error)) };
        }
        if (own === round) {
            states.update((known) => new Map([...known, [keyOf(slideIndex, blockIndex), state]]));
        }
    }

    async function readOn(): Promise<void> {
        if (isReading) {
            return;
        }
        isReading = true;
        for (let next = nextOrNull(); next !== null; next = nextOrNull()) {
            await readOne(...next);
        }
        isReading = false;
    }

    const refresh = (): void => {
        round++;
        states.set(new Map());
        void readOn();
    };
    app.builds.onEnd(refresh);
    app.connection.subscribe(() => {
        // What was lost with the connection is read again when it is back.
        if (app.connection.get().kind === "open") {
            const kept = [...states.get()].filter(([, state]) => !isLost(state));
            if (kept.length < states.get().size) {
                states.set(new Map(kept));
                void readOn();
            }
        }
    });

    return {
        changes: [states],
        stateOf: (slideIndex, blockIndex) => states.get().get(keyOf(slideIndex, blockIndex)) ?? loading,
        look: (slideIndex) => {
            current = slideIndex;
            void readOn();
        },
        refresh,
    };
}

function isLost(state: BlockState): boolean {
    return state.kind === "failed" && state.error instanceof ConnectionError;
}
