import { describe, it } from "vitest";

/** Defines tests if what they need is available; otherwise prints what was not tested, and why. */
export function describeWhere(isThere: boolean, name: string, missing: string, defineTests: () => void): void {
    if (isThere) {
        describe(name, defineTests);
    } else {
        sayNotTested(name, missing);
    }
}

/** A single test, in the same way. */
export function itWhere(isThere: boolean, name: string, missing: string, test: () => Promise<void>): void {
    if (isThere) {
        it(name, test);
    } else {
        sayNotTested(name, missing);
    }
}

function sayNotTested(name: string, missing: string): void {
    // eslint-disable-next-line no-console
    console.warn(`Not tested: "${name}", because ${missing}.`);
}

/** The superuser may read and write everywhere. */
export const isSuperuser = process.getuid?.() === 0;
export const asSuperuser = "the superuser may write everywhere: run the tests as another user";
