import { fromFloat, formatDecimal, type Decimal } from "./decimal.js";
import type { CustomerRow, EventRow, Landing, OrderItemRow, OrderRow, ProductRow } from "./landing.js";
import { readPayload } from "./payload.js";
import { beginningOfTime, parseUsableTimestamp, type Timestamp } from "./timestamp.js";

export interface Version {
    readonly id: number;
    readonly createdAt: Timestamp | null;
    /** Tells the versions of a record apart. */
    readonly modifiedAt: Timestamp;
    /** False when the row told no usable `modified_at` and another time stands in for it. */
    readonly hasModifiedAt: boolean;
}

export interface CustomerVersion extends Version {
    readonly name: string | null;
    readonly email: string | null;
    readonly phoneNumber: string | null;
}

export interface ProductVersion extends Version {
    readonly name: string | null;
    readonly description: string | null;
    readonly ean: string | null;
    readonly price: Decimal | null;
    readonly discountPercent: Decimal | null;
    readonly brandId: number | null;
    readonly isPublished: boolean | null;
}

export interface OrderVersion extends Version {
    readonly customerId: number | null;
    readonly status: string | null;
}

export interface OrderItemVersion extends Version {
    readonly orderId: number | null;
    readonly productId: number | null;
    readonly quantity: number | null;
    readonly recordedPrice: Decimal | null;
}

export interface EventVersion extends Version {
    readonly eventType: string | null;
    readonly customerId: number | null;
    readonly productId: number | null;
    readonly orderId: number | null;
}

/** The versions of each record by id, the oldest first. */
export type Versions<V extends Version> = ReadonlyMap<number, readonly [V, ...V[]]>;

/** Every modelled source, one entry per distinct id and `modified_at`. */
export interface Sources {
    readonly customers: Versions<CustomerVersion>;
    readonly products: Versions<ProductVersion>;
    readonly orders: Versions<OrderVersion>;
    readonly orderItems: Versions<OrderItemVersion>;
    readonly events: Versions<EventVersion>;
}

export function readSources(landing: Landing): Sources {
    return {
        customers: readVersions(landing.customer, readCustomer),
        products: readVersions(landing.product, readProduct),
        orders: readVersions(landing.orders, readOrder),
        orderItems: readVersions(landing.orderitem, readOrderItem),
        events: readVersions(landing.event, readEvent),
    };
}

/** The state of a record now: its version with the greatest `modified_at`. */
export function currentVersion<V>(versions: readonly [V, ...V[]]): V {
    return versions[versions.length - 1] ?? versions[0];
}

type SortValue = string | number | bigint | boolean | null;

/** A version without its times and, for the tie of two rows with equal id and `modified_at`, its remaining columns. */
interface Read<V extends Version> {
    readonly version: Omit<V, keyof Version>;
    readonly remaining: readonly SortValue[];
}

function readVersions<
    R extends { id: number | null; created_at: string | null; modified_at: string | null },
    V extends Version,
>(rows: readonly R[], read: (row: R) => Read<V>): Versions<V> {
    const byId = new Map<number, Map<Timestamp, { version: V; remaining: readonly SortValue[] }>>();
    for (const row of rows) {
        if (row.id === null) {
            continue;
        }
        const createdAt = parseUsableTimestamp(row.created_at);
        const ownModifiedAt = parseUsableTimestamp(row.modified_at);
        const modifiedAt = ownModifiedAt ?? createdAt ?? beginningOfTime;
        const hasModifiedAt = ownModifiedAt !== null;
        const { version, remaining } = read(row);
        const candidate = {
            version: { ...version, id: row.id, createdAt, modifiedAt, hasModifiedAt } as V,
            // Between rows that are otherwise alike the one with a time of its own.
            remaining: [...remaining, createdAt, hasModifiedAt],
        };
        const versions = byId.get(row.id) ?? new Map<Timestamp, typeof candidate>();
        const rival = versions.get(modifiedAt);
        if (rival === undefined || compareTuples(candidate.remaining, rival.remaining) > 0) {
            versions.set(modifiedAt, candidate);
        }
        byId.set(row.id, versions);
    }
    return new Map(
        [...byId].map(([id, versions]) => {
            const sorted = [...versions.values()].map(({ version }) => version);
            sorted.sort((left, right) => compareValues(left.modifiedAt, right.modifiedAt));
            return [id, sorted as [V, ...V[]]];
        }),
    );
}

function compareTuples(left: readonly SortValue[], right: readonly SortValue[]): number {
    for (const [index, value] of left.entries()) {
        const order = compareValues(value, right[index] ?? null);
        if (order !== 0) {
            return order;
        }
    }
    return 0;
}

/** Ascending as PostgreSQL sorts: nulls last, text by its bytes, false before true. */
function compareValues(left: SortValue, right: SortValue): number {
    if (left === right) {
        return 0;
    }
    if (left === null || right === null) {
        return left === null ? 1 : -1;
    }
    if (typeof left === "string" && typeof right === "string") {
        return Buffer.compare(Buffer.from(left), Buffer.from(right));
    }
    return left < right ? -1 : 1;
}

function sortNumber(value: Decimal | null): number | null {
    return value === null ? null : Number(formatDecimal(value));
}

function readCustomer(row: CustomerRow): Read<CustomerVersion> {
    return {
        version: { name: row.name, email: row.email, phoneNumber: row.phone_number },
        remaining: [row.name, row.email, row.phone_number],
    };
}

function readProduct(row: ProductRow): Read<ProductVersion> {
    const price = fromFloat(row.price);
    const discountPercent = fromFloat(row.discount_percent);
    return {
        version: {
            name: row.name,
            description: row.description,
            ean: row.EAN,
            price,
            discountPercent,
            brandId: row.brand,
            isPublished: row.published,
        },
        remaining: [
            row.name,
            row.description,
            row.EAN,
            sortNumber(price),
            sortNumber(discountPercent),
            row.brand,
            row.inventory,
            row.published,
        ],
    };
}

function readOrder(row: OrderRow): Read<OrderVersion> {
    return {
        version: { customerId: row.customer, status: row.status },
        remaining: [row.customer, row.status, row.customer_address],
    };
}

function readOrderItem(row: OrderItemRow): Read<OrderItemVersion> {
    const recordedPrice = fromFloat(row.price);
    return {
        version: { orderId: row.order, productId: row.product, quantity: row.quantity, recordedPrice },
        remaining: [row.order, row.product, row.quantity, sortNumber(recordedPrice)],
    };
}

/** Events are told apart by what their payloads say, not by how they are written. */
function readEvent(row: EventRow): Read<EventVersion> {
    const ids = readPayload(row.event);
    return {
        version: { eventType: row.type, ...ids },
        remaining: [row.type, ids.customerId, ids.productId, ids.orderId],
    };
}
