import type { ListedTest } from "../../../runs/test-list.js";
import type { DataTest } from "../../../warehouse/registry.js";
import type { Catalogue } from "../../app/catalogue.js";
import type { ListItem } from "../../kit/list-detail/list-detail-state.js";

/** A line of the Tests screen. */
export interface TestItem extends ListItem {
    readonly test: DataTest;
    /** The last result; null when the test never ran. */
    readonly last: ListedTest | null;
    /** Whether a constraint of the table guarantees it, so that it need not run. */
    readonly isHeld: boolean;
}

const order = ["broken", "failed", "warned", "known", null, "passed"];

/** The data tests that match the filter: the worst results first, and among equal ones those with the most failing rows. */
export function listTests(catalogue: Catalogue, filter: string, isProblemsOnly: boolean): readonly TestItem[] {
    const words = filter.toLowerCase().split(/\s+/);
    return catalogue.registry.tests
        .map((test): TestItem => {
            const last = catalogue.tests.get(test.name) ?? null;
            return { key: test.name, test, last, isHeld: last === null && catalogue.heldTests.has(test.name) };
        })
        .filter(({ test, last }) => {
            const text = `${test.name} ${test.description}`.toLowerCase();
            const isProblem = last !== null && last.status !== "passed" && last.status !== "known";
            return (isProblem || !isProblemsOnly) && words.every((word) => text.includes(word));
        })
        .sort((one, other) => rankOf(one) - rankOf(other) || countOf(other) - countOf(one));
}

function rankOf({ last, isHeld }: TestItem): number {
    return isHeld ? order.length : order.indexOf(last?.status ?? null);
}

function countOf({ last }: TestItem): number {
    return last?.failingCount ?? 0;
}
