import { dateKeyOf } from "./dates.js";
import { divide, fromInteger, multiply, percent, subtract, type Decimal } from "./decimal.js";
import { unknownKey, type Dimension } from "./dimensions.js";
import { formatDecimalOrNull, formatInteger, formatTimestampOrNull, type Row } from "./row.js";
import type { Timestamp } from "./timestamp.js";
import {
    currentVersion,
    type CustomerVersion,
    type OrderVersion,
    type ProductVersion,
    type Sources,
} from "./versions.js";

export interface Order {
    readonly orderId: number;
    readonly customerId: number | null;
    readonly customerKey: string;
    readonly status: string | null;
    readonly placedAt: Timestamp | null;
    readonly paidAt: Timestamp | null;
    readonly shippedAt: Timestamp | null;
    readonly hoursToPay: Decimal | null;
    readonly hoursToShip: Decimal | null;
}

export interface OrderLine {
    readonly orderItemId: number;
    readonly order: Order;
    readonly productId: number | null;
    readonly productKey: string;
    readonly quantity: number | null;
    readonly listPrice: Decimal | null;
    readonly discountPercent: Decimal | null;
    readonly grossAmount: Decimal | null;
    readonly discountAmount: Decimal | null;
    readonly netAmount: Decimal | null;
    readonly recordedPrice: Decimal | null;
    readonly recordedAmount: Decimal | null;
}

export function makeOrders(sources: Sources, customers: Dimension<CustomerVersion>): Order[] {
    return [...sources.orders].map(([orderId, versions]) => {
        const { customerId, status, createdAt: placedAt } = currentVersion(versions);
        const paidAt = firstTimeOf(versions, "PAID");
        const shippedAt = firstTimeOf(versions, "SHIPPED");
        return {
            orderId,
            customerId,
            customerKey: customers.versionAt(customerId, placedAt)?.key ?? unknownKey,
            status,
            placedAt,
            paidAt,
            shippedAt,
            hoursToPay: hoursBetween(placedAt, paidAt),
            hoursToShip: hoursBetween(placedAt, shippedAt),
        };
    });
}

const noDiscount = fromInteger(0);

/** A line whose order was never extracted is in no fact. */
export function makeOrderLines(
    sources: Sources,
    orders: readonly Order[],
    products: Dimension<ProductVersion>,
): OrderLine[] {
    const ordersById = new Map(orders.map((order) => [order.orderId, order]));
    return [...sources.orderItems].flatMap(([orderItemId, versions]) => {
        const { orderId, productId, quantity, recordedPrice } = currentVersion(versions);
        const order = orderId === null ? undefined : ordersById.get(orderId);
        if (order === undefined) {
            return [];
        }
        const product = products.versionAt(productId, order.placedAt);
        const listPrice = product?.attributes?.price ?? null;
        const discountPercent = product?.attributes?.discountPercent ?? null;
        const count = quantity === null ? null : fromInteger(quantity);
        const grossAmount = orNull(count, listPrice, multiply);
        const discountAmount =
            grossAmount === null ? null : percent(multiply(grossAmount, discountPercent ?? noDiscount));
        return {
            orderItemId,
            order,
            productId,
            productKey: product?.key ?? unknownKey,
            quantity,
            listPrice,
            discountPercent,
            grossAmount,
            discountAmount,
            netAmount: orNull(grossAmount, discountAmount, subtract),
            recordedPrice,
            recordedAmount: orNull(count, recordedPrice, multiply),
        };
    });
}

export function orderRow(order: Order): Row {
    return {
        order_id: formatInteger(order.orderId),
        customer_key: order.customerKey,
        customer_id: formatInteger(order.customerId),
        placed_date_key: dateKeyOf(order.placedAt),
        paid_date_key: dateKeyOf(order.paidAt),
        shipped_date_key: dateKeyOf(order.shippedAt),
        status: order.status,
        placed_at: formatTimestampOrNull(order.placedAt),
        paid_at: formatTimestampOrNull(order.paidAt),
        shipped_at: formatTimestampOrNull(order.shippedAt),
        hours_to_pay: formatDecimalOrNull(order.hoursToPay),
        hours_to_ship: formatDecimalOrNull(order.hoursToShip),
    };
}

export function orderLineRow(line: OrderLine): Row {
    return {
        order_item_id: formatInteger(line.orderItemId),
        order_id: formatInteger(line.order.orderId),
        customer_key: line.order.customerKey,
        product_key: line.productKey,
        product_id: formatInteger(line.productId),
        placed_date_key: dateKeyOf(line.order.placedAt),
        placed_at: formatTimestampOrNull(line.order.placedAt),
        quantity: formatInteger(line.quantity),
        list_price: formatDecimalOrNull(line.listPrice),
        discount_percent: formatDecimalOrNull(line.discountPercent),
        gross_amount: formatDecimalOrNull(line.grossAmount),
        discount_amount: formatDecimalOrNull(line.discountAmount),
        net_amount: formatDecimalOrNull(line.netAmount),
        recorded_price: formatDecimalOrNull(line.recordedPrice),
        recorded_amount: formatDecimalOrNull(line.recordedAmount),
    };
}

function firstTimeOf(versions: readonly OrderVersion[], status: string): Timestamp | null {
    return versions.find((version) => version.status === status && version.hasModifiedAt)?.modifiedAt ?? null;
}

function hoursBetween(from: Timestamp | null, to: Timestamp | null): Decimal | null {
    return from === null || to === null ? null : divide({ units: to - from, scale: 6 }, fromInteger(3600));
}

function orNull(
    left: Decimal | null,
    right: Decimal | null,
    combine: (left: Decimal, right: Decimal) => Decimal,
): Decimal | null {
    return left === null || right === null ? null : combine(left, right);
}
