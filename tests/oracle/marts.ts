import {
    averageOrNull,
    fromFloat,
    fromInteger,
    multiply,
    percent,
    percentileOrNull,
    round,
    subtract,
    sumOrNull,
    zero,
    type Decimal,
} from "./decimal.js";
import type { Dimension } from "./dimensions.js";
import { groupBy } from "./group-by.js";
import type { Order, OrderLine } from "./orders.js";
import { formatDecimalOrNull, formatInteger, formatTimestampOrNull, type Row } from "./row.js";
import { countEvents, type Session } from "./sessions.js";
import { dayOf, formatDay, weekStartOf, type Timestamp } from "./timestamp.js";
import { currentVersion, type CustomerVersion, type ProductVersion, type Versions } from "./versions.js";

export function weeklyFulfilmentRows(orders: readonly Order[]): Row[] {
    return [...groupByWeek(orders, (order) => order.placedAt)].map(([weekStart, placed]) => {
        const shipped = placed.filter((order) => order.shippedAt !== null);
        const hours = shipped.map((order) => order.hoursToShip).filter((value) => value !== null);
        return {
            week_start: weekStart,
            order_count: formatInteger(placed.length),
            shipped_order_count: formatInteger(shipped.length),
            avg_hours_to_ship: formatRounded(averageOrNull(hours)),
            median_hours_to_ship: formatRounded(fromFloat(percentileOrNull(hours, 0.5))),
            p90_hours_to_ship: formatRounded(fromFloat(percentileOrNull(hours, 0.9))),
        };
    });
}

export function weeklyDiscountRows(lines: readonly OrderLine[]): Row[] {
    return [...groupByWeek(lines, (line) => line.order.placedAt)].map(([weekStart, placed]) => {
        const priced = placed.filter((line) => line.listPrice !== null);
        const unpriced = placed.filter((line) => line.listPrice === null);
        const gross = roundOrNull(sumOrNull(priced.map((line) => line.grossAmount)));
        const discount = roundOrNull(sumOrNull(priced.map((line) => line.discountAmount)));
        const implied = priced.map(({ grossAmount, recordedAmount }) =>
            grossAmount === null || recordedAmount === null ? null : subtract(grossAmount, recordedAmount),
        );
        return {
            week_start: weekStart,
            order_count: formatInteger(new Set(placed.map((line) => line.order.orderId)).size),
            item_count: formatDecimalOrNull(countUnitsOrNull(placed)),
            gross_amount: formatDecimalOrNull(gross),
            discount_amount: formatDecimalOrNull(discount),
            net_amount: formatDecimalOrNull(gross === null || discount === null ? null : subtract(gross, discount)),
            recorded_amount: formatRounded(sumOrNull(priced.map((line) => line.recordedAmount))),
            implied_discount_amount: formatRounded(sumOrNull(implied)),
            unpriced_item_count: formatDecimalOrNull(countUnitsOrNull(unpriced) ?? zero),
        };
    });
}

function countUnitsOrNull(lines: readonly OrderLine[]): Decimal | null {
    return sumOrNull(lines.map(({ quantity }) => (quantity === null ? null : fromInteger(quantity))));
}

export function lastSessionCartRows(
    sessions: readonly Session[],
    customers: Versions<CustomerVersion>,
    products: Dimension<ProductVersion>,
): Row[] {
    return sessions
        .filter((session) => session.isLast && countEvents(session, "PLACED_ORDER") > 0)
        .map((session) => {
            const customer = customers.get(session.customerId);
            const added = session.events
                .filter((event) => event.eventType === "ADD_PRODUCT_TO_CART")
                .map((event) => products.versionAt(event.productId, event.occurredAt)?.attributes ?? null);
            return {
                customer_id: formatInteger(session.customerId),
                email: customer === undefined ? null : currentVersion(customer).email,
                session_started_at: formatTimestampOrNull(session.startedAt),
                session_ended_at: formatTimestampOrNull(session.endedAt),
                items_added_count: formatInteger(added.length),
                cart_value: formatRounded(cartSum(added.map((product) => product?.price ?? null))),
                cart_value_after_discount: formatRounded(cartSum(added.map(discountedPrice))),
            };
        });
}

/** An empty cart is worth nothing; one whose prices are all unknown has an unknown worth. */
function cartSum(prices: readonly (Decimal | null)[]): Decimal | null {
    return prices.length === 0 ? zero : sumOrNull(prices);
}

function discountedPrice(product: ProductVersion | null): Decimal | null {
    const price = product?.price ?? null;
    const share = product?.discountPercent ?? zero;
    return price === null ? null : subtract(price, percent(multiply(price, share)));
}

/** By the Monday of the week; what has no time is in no week. */
function groupByWeek<T>(values: readonly T[], timeOf: (value: T) => Timestamp | null): Map<string, T[]> {
    const dated = values.flatMap((value) => {
        const time = timeOf(value);
        return time === null ? [] : [{ value, weekStart: formatDay(weekStartOf(dayOf(time))) }];
    });
    const groups = groupBy(dated, ({ weekStart }) => weekStart);
    return new Map([...groups].map(([weekStart, entries]) => [weekStart, entries.map(({ value }) => value)]));
}

function formatRounded(value: Decimal | null): string | null {
    return formatDecimalOrNull(roundOrNull(value));
}

function roundOrNull(value: Decimal | null): Decimal | null {
    return value === null ? null : round(value, 2);
}
