import fc from "fast-check";
import { groupBy } from "./group-by.js";
import { emptyLanding, type Landing } from "./landing.js";
import { formatTimestamp, parseTimestamp } from "./timestamp.js";

/** Landing rows that one load appends together. */
export type Batch = Landing;

/**
 * Sequences of batches about a handful of records whose ids and times keep meeting: versions with equal times, repeats,
 * changes taken back, late and re-delivered rows, references to what comes later or never, gaps of exactly 30 minutes,
 * the turn of a week, and values that cannot be read. Made of small integers, so that what fails shrinks well.
 */
export function batches({ maxRows = 40, maxBatches = 4 } = {}): fc.Arbitrary<Batch[]> {
    const batchNumber = fc.nat({ max: maxBatches - 1 });
    const delivery = record({
        row: landingRow,
        batch: batchNumber,
        // The same row once more, in the same load or another.
        again: often(null, batchNumber),
    });
    return record({
        deliveries: fc.array(delivery, { maxLength: maxRows, size: "max" }),
        isOrderly: fc.boolean(),
        repeatedBatch: often(null, batchNumber),
    }).map(({ deliveries, isOrderly, repeatedBatch }) => {
        const arrivals = isOrderly ? inOrderOfChange(deliveries, maxBatches) : deliveries;
        const loads = Array.from({ length: maxBatches }, (_, number) =>
            toLanding(
                arrivals.flatMap(({ row, batch, again }) => [
                    ...(batch === number ? [row] : []),
                    ...(again === number ? [row] : []),
                ]),
            ),
        );
        const repeated = repeatedBatch === null ? undefined : loads[repeatedBatch];
        return repeated === undefined ? loads : [...loads, repeated];
    });
}

type TaggedRow = {
    readonly [Table in keyof Landing]: { readonly table: Table; readonly row: Landing[Table][number] };
}[keyof Landing];

interface Delivery {
    readonly row: TaggedRow;
    readonly batch: number;
    readonly again: number | null;
}

/** As a daily extract works when nothing goes wrong: what was modified first arrives first. */
function inOrderOfChange(deliveries: readonly Delivery[], batchCount: number): Delivery[] {
    const sorted = [...deliveries].sort((left, right) =>
        (left.row.row.modified_at ?? "") < (right.row.row.modified_at ?? "") ? -1 : 1,
    );
    return sorted.map((delivery, index) => ({
        ...delivery,
        batch: Math.floor((index * batchCount) / sorted.length),
    }));
}

function toLanding(rows: readonly TaggedRow[]): Landing {
    const byTable = [...groupBy(rows, ({ table }) => table)].map(([table, tagged]) => [
        table,
        tagged.map(({ row }) => row),
    ]);
    return { ...emptyLanding, ...(Object.fromEntries(byTable) as Partial<Landing>) };
}

/** Plain objects, which failures show without noise. */
function record<T>(columns: { [Column in keyof T]: fc.Arbitrary<T[Column]> }): fc.Arbitrary<T> {
    return fc.record(columns, { noNullPrototype: true });
}

/** The usual value or arbitrary, and now and then one of the others. */
function often<T, U>(usual: T | fc.Arbitrary<T>, ...others: fc.Arbitrary<U>[]): fc.Arbitrary<T | U> {
    const usually = usual instanceof fc.Arbitrary ? usual : fc.constant(usual);
    return fc.oneof(
        { arbitrary: usually, weight: 8 },
        ...others.map((arbitrary) => ({ arbitrary: arbitrary, weight: 1 })),
    );
}

const sundayEvening = parseTimestamp("2025-01-05 20:00:00");
const tenMinutes = 600_000_000n;
const day = 86_400_000_000n;

/** Around the turn of a week in steps of ten minutes, some a microsecond off, on a few days. */
const moment: fc.Arbitrary<string> = record({
    step: fc.nat({ max: 36 }),
    days: often(0, fc.constantFrom(1, 6, 7)),
    micros: often(0, fc.constantFrom(-1, 1)),
}).map(({ step, days, micros }) =>
    formatTimestamp(sundayEvening + BigInt(step) * tenMinutes + BigInt(days) * day + BigInt(micros)),
);

const timestamp = fc.oneof(
    { arbitrary: moment, weight: 30 },
    { arbitrary: fc.constantFrom(null, "infinity", "-infinity"), weight: 1 },
);

/** Versions of a record mostly agree on when it was created. */
function createdAt(id: number): fc.Arbitrary<string | null> {
    const usual = formatTimestamp(sundayEvening + BigInt(id * 7 + 3) * tenMinutes);
    return often(usual, timestamp);
}

const customerId = fc.integer({ min: 1, max: 3 });
const productId = fc.integer({ min: 1, max: 3 });
const orderId = fc.integer({ min: 1, max: 4 });
const price = often(
    fc.constantFrom(10, 9.99, 0.005, 69.10898026830645, 1 / 3),
    fc.constantFrom(null, 0, -5, 1e-7, 123456789.12, Number.NaN, Infinity, -Infinity),
);
const discount = often(fc.nat({ max: 100 }), fc.constantFrom(null, 7.5, 33.333, Number.NaN, -Infinity));
const text = fc.constantFrom("a", "B", "é", "", null);

const customerRow = record({
    id: customerId,
    name: text,
    email: fc.constantFrom("a@x", "b@x", null),
    phone_number: often(null, text),
    created_at: timestamp,
    modified_at: timestamp,
});

const productRow = record({
    id: productId,
    name: often("a", text),
    description: often(null, text),
    EAN: often("1", text),
    price,
    discount_percent: discount,
    brand: often(1, fc.constantFrom(2, null)),
    inventory: fc.nat({ max: 3 }),
    published: often(true, fc.constantFrom(false, null)),
    created_at: timestamp,
    modified_at: timestamp,
});

const orderRow = orderId.chain((id) =>
    record({
        id: fc.constant(id),
        customer: often(customerId, fc.constantFrom(null, 9)),
        status: often(fc.constantFrom("PLACED", "PAID", "SHIPPED"), fc.constantFrom(null, "LOST")),
        customer_address: fc.nat({ max: 1 }),
        created_at: createdAt(id),
        modified_at: timestamp,
    }),
);

const orderItemRow = record({
    id: fc.integer({ min: 1, max: 5 }),
    order: often(orderId, fc.constantFrom(null, 9)),
    product: often(productId, fc.constantFrom(null, 9)),
    quantity: often(fc.integer({ min: 1, max: 5 }), fc.constantFrom(null, 0, -1)),
    price,
    created_at: timestamp,
    modified_at: timestamp,
});

const eventType = often(fc.constantFrom("ADD_PRODUCT_TO_CART", "PLACED_ORDER", "PAGE_VIEW"), fc.constantFrom(null, ""));

/** A number as the webshop writes it, as its digits, nothing, or something else. */
function idValue(id: fc.Arbitrary<number>): fc.Arbitrary<unknown> {
    return often<unknown, unknown>(
        id,
        id.map(String),
        fc.constantFrom(null, undefined),
        fc.constantFrom("x", "", "1.5", 1.5, 3_000_000_000, -1, true, [1], { id: 1 }, "3000000000"),
    );
}

const payload = record({
    "customer-id": idValue(customerId),
    product: idValue(productId),
    order: idValue(orderId),
    page: often<unknown, unknown>(
        undefined,
        fc.constantFrom("\\", '"', "\n", "\u0000", "\ud800", "é", "[{".repeat(1001)),
    ),
});

const eventText = often<string | null, string | null>(
    payload.map((value) => JSON.stringify(JSON.stringify(value))),
    payload.map((value) => JSON.stringify(value)),
    // Cut off: no JSON any more.
    payload.map((value) => JSON.stringify(JSON.stringify(value).slice(0, -1))),
    fc.constantFrom(null, "null", '"null"', "5", '"5"', "[]", '"[1]"', '""', "true", JSON.stringify('"{}"')),
);

const eventRow = record({
    id: fc.integer({ min: 1, max: 16 }),
    type: eventType,
    event: eventText,
    created_at: timestamp,
    changed_at: often<undefined, string | null>(undefined, timestamp),
}).map(({ changed_at, ...event }) => ({
    ...event,
    modified_at: changed_at === undefined ? event.created_at : changed_at,
}));

function tag<Table extends keyof Landing>(
    table: Table,
    row: fc.Arbitrary<Landing[Table][number]>,
): fc.Arbitrary<TaggedRow> {
    return row.map((value) => ({ table, row: value }) as TaggedRow);
}

const landingRow: fc.Arbitrary<TaggedRow> = fc.oneof(
    { arbitrary: tag("customer", customerRow), weight: 2 },
    { arbitrary: tag("product", productRow), weight: 3 },
    { arbitrary: tag("orders", orderRow), weight: 4 },
    { arbitrary: tag("orderitem", orderItemRow), weight: 4 },
    { arbitrary: tag("event", eventRow), weight: 8 },
);
