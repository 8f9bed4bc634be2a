import { render } from "ink-testing-library";
import { expect, test, vi } from "vitest";
import { ErrorPane } from "../../../src/tui/kit/ErrorPane.js";
import { React, Text, type ReactElement } from "../../../src/tui/kit/ink.js";
import { makeStore, type Readable } from "../../../src/tui/terminal/store.js";
import { useDerived } from "../../../src/tui/kit/use-readable.js";

test("useDerived draws again when the text is another one, and not when only the store is", async () => {
    const count = makeStore(1);
    const { changes, subscribed } = watchSubscription(count);
    let drawn = 0;
    function Parity(): ReactElement {
        drawn++;
        return <Text>{useDerived(changes, () => (count.get() % 2 === 0 ? "even" : "odd"))}</Text>;
    }
    const { lastFrame, unmount } = render(<Parity />);
    await subscribed();

    count.set(3);
    await waitLongEnough();
    expect([lastFrame(), drawn]).toEqual(["odd", 1]);

    count.set(6);
    await vi.waitFor(() => {
        expect([lastFrame(), drawn]).toEqual(["even", 2]);
    });

    count.set(8);
    await waitLongEnough();
    expect([lastFrame(), drawn]).toEqual(["even", 2]);
    unmount();
});

test("what useDerived cannot format is the component's error, not that of whoever changed the store", async () => {
    const count = makeStore(1);
    const { changes, subscribed } = watchSubscription(count);
    function Count(): ReactElement {
        const text = useDerived(changes, () => {
            if (count.get() === 2) {
                throw new Error("two cannot be shown");
            }
            return String(count.get());
        });
        return <Text>{text}</Text>;
    }
    const { lastFrame, unmount } = render(
        <ErrorPane>
            <Count />
        </ErrorPane>,
    );
    await subscribed();

    count.set(2);

    await vi.waitFor(() => {
        expect(lastFrame()).toContain("two cannot be shown");
    });
    unmount();
});

function watchSubscription(store: Readable<unknown>): {
    readonly changes: readonly Readable<unknown>[];
    readonly subscribed: () => Promise<void>;
} {
    const subscribe = vi.fn(store.subscribe);
    return {
        changes: [{ get: store.get, subscribe }],
        subscribed: () =>
            vi.waitFor(() => {
                expect(subscribe).toHaveBeenCalled();
            }),
    };
}

/** For a picture that must not come. */
function waitLongEnough(): Promise<void> {
    return new Promise((resolve) => {
        setTimeout(resolve, 100);
    });
}
