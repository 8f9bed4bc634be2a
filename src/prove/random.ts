/** Thrown by `pick` for an empty list. */
export class NothingToChoose extends Error {}

/** Random numbers that are the same for the same seed on every machine. */
export class Random {
    private state: number;

    constructor(readonly seed: number) {
        this.state = seed >>> 0;
    }

    /** The next number in [0, 1), by mulberry32. */
    next(): number {
        this.state = (this.state + 0x6d2b79f5) >>> 0;
        let mixed = this.state;
        mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    }

    below(count: number): number {
        return Math.floor(this.next() * count);
    }

    chance(share: number): boolean {
        return this.next() < share;
    }

    pick<T>(choices: readonly T[]): T {
        const chosen = choices[this.below(choices.length)];
        if (chosen === undefined) {
            throw new NothingToChoose();
        }
        return chosen;
    }

    /** Up to `count` of the choices, in random order. */
    some<T>(choices: readonly T[], count: number): readonly T[] {
        return choices
            .map((choice) => ({ choice, place: this.next() }))
            .sort((one, other) => one.place - other.place)
            .slice(0, count)
            .map(({ choice }) => choice);
    }
}
