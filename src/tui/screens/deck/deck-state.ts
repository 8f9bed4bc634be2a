import { listBlocks, type Deck, type PlacedBlock, type Slide } from "../../../deck/slide.js";
import type { Presentation, TalkTimer } from "../../../deck/presentation.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import type { Replay } from "./replay.js";

/** The state of the presentation. */
export interface DeckPlace {
    readonly index: number;
    /** How many lines are scrolled out at the top of the slide. */
    readonly offset: number;
    /** The block that Enter opens. */
    readonly focus: number;
    /** The number being typed. */
    readonly typed: string;
    readonly isBlank: boolean;
    /** The slide that is marked in the overview; null while that is not shown. */
    readonly overview: number | null;
    readonly timer: TalkTimer;
    /** True once the timer has been used. */
    readonly isTimerShown: boolean;
    /** The recorded run of the slide; null until it has begun to play. */
    readonly replay: Replay | null;
}

export interface DeckState extends Readable<DeckPlace> {
    readonly deck: Deck;
    readonly slide: () => Slide;
    readonly blocks: () => readonly PlacedBlock[];
    readonly change: (changes: Partial<DeckPlace>) => void;
    /** Shows a slide from its top; an index outside the deck means its first or last slide. */
    readonly goTo: (index: number) => void;
}

export function makeDeckState({ deck, tell }: Presentation): DeckState {
    const store = makeStore<DeckPlace>({
        index: 0,
        offset: 0,
        focus: 0,
        typed: "",
        isBlank: false,
        overview: null,
        timer: { startedAtMs: null, countedMs: 0 },
        isTimerShown: false,
        replay: null,
    });
    const nothing: Slide = { title: "", heading: null, nodes: [], notes: "", place: { file: "", line: 1 } };
    const slide = (): Slide => deck.slides[store.get().index] ?? nothing;
    const tellPlace = (): void => {
        const { index, timer } = store.get();
        const { title, notes } = slide();
        const nextTitle = deck.slides[index + 1]?.title ?? null;
        tell({ number: index + 1, count: deck.slides.length, title, notes, nextTitle, timer });
    };
    const change = (changes: Partial<DeckPlace>): void => {
        const before = store.get();
        store.update((place) => ({ ...place, ...changes }));
        const { index, timer } = store.get();
        if (index !== before.index || timer !== before.timer) {
            tellPlace();
        }
    };
    tellPlace();
    return {
        deck,
        get: store.get,
        subscribe: store.subscribe,
        slide,
        blocks: () => listBlocks(slide()),
        change,
        goTo: (index) => {
            const next = Math.max(0, Math.min(index, deck.slides.length - 1));
            change({ index: next, offset: 0, focus: 0, typed: "", isBlank: false, overview: null, replay: null });
        },
    };
}
