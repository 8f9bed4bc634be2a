import { dateKeyOf } from "./dates.js";
import { unknownKey, type Dimension } from "./dimensions.js";
import { groupBy } from "./group-by.js";
import { formatInteger, formatTimestampOrNull, type Row } from "./row.js";
import { surrogateKey } from "./surrogate-key.js";
import { thirtyMinutes, type Timestamp } from "./timestamp.js";
import { currentVersion, type CustomerVersion, type Sources } from "./versions.js";

/** An event that belongs to a customer and has a time. */
export interface SessionEvent {
    readonly eventId: number;
    readonly customerId: number;
    readonly eventType: string | null;
    readonly occurredAt: Timestamp;
    readonly productId: number | null;
    readonly orderId: number | null;
}

export interface Session {
    readonly customerId: number;
    readonly customerKey: string;
    /** 1 is the customer's first. */
    readonly number: number;
    readonly isLast: boolean;
    readonly startedAt: Timestamp;
    readonly endedAt: Timestamp;
    /** In order of time, then id; never empty. */
    readonly events: readonly SessionEvent[];
}

/** PLACED_ORDER events by the customer of their order, and events with a customer id of their own. */
export function makeSessionEvents(sources: Sources): SessionEvent[] {
    return [...sources.events].flatMap(([eventId, versions]) => {
        const { customerId: ownCustomerId, eventType, createdAt, productId, orderId } = currentVersion(versions);
        const order = eventType === "PLACED_ORDER" && orderId !== null ? sources.orders.get(orderId) : undefined;
        const orderCustomerId = order === undefined ? null : currentVersion(order).customerId;
        const customerId = orderCustomerId ?? ownCustomerId;
        return customerId === null || createdAt === null
            ? []
            : [{ eventId, customerId, eventType, occurredAt: createdAt, productId, orderId }];
    });
}

export function makeSessions(events: readonly SessionEvent[], customers: Dimension<CustomerVersion>): Session[] {
    return [...groupBy(events, ({ customerId }) => customerId)].flatMap(([customerId, own]) =>
        splitAtGaps(own).map((session, index, all) => {
            const startedAt = session[0].occurredAt;
            return {
                customerId,
                customerKey: customers.versionAt(customerId, startedAt)?.key ?? unknownKey,
                number: index + 1,
                isLast: index === all.length - 1,
                startedAt,
                endedAt: (session[session.length - 1] ?? session[0]).occurredAt,
                events: session,
            };
        }),
    );
}

/** More than 30 minutes since the previous event starts a new session. */
function splitAtGaps(events: readonly SessionEvent[]): [SessionEvent, ...SessionEvent[]][] {
    const sorted = [...events].sort(
        (left, right) => Number(left.occurredAt - right.occurredAt) || left.eventId - right.eventId,
    );
    const sessions: [SessionEvent, ...SessionEvent[]][] = [];
    let previous: SessionEvent | undefined;
    for (const event of sorted) {
        const session = sessions[sessions.length - 1];
        if (session === undefined || previous === undefined || event.occurredAt - previous.occurredAt > thirtyMinutes) {
            sessions.push([event]);
        } else {
            session.push(event);
        }
        previous = event;
    }
    return sessions;
}

export function countEvents(session: Session, eventType: string): number {
    return session.events.filter((event) => event.eventType === eventType).length;
}

export function sessionEventRow(event: SessionEvent): Row {
    return {
        event_id: formatInteger(event.eventId),
        customer_id: formatInteger(event.customerId),
        event_type: event.eventType,
        occurred_at: formatTimestampOrNull(event.occurredAt),
        product_id: formatInteger(event.productId),
        order_id: formatInteger(event.orderId),
    };
}

export function sessionRow(session: Session): Row {
    return {
        session_key: surrogateKey(`${session.customerId}|${session.events[0]?.eventId}`),
        customer_id: formatInteger(session.customerId),
        customer_key: session.customerKey,
        session_number: formatInteger(session.number),
        started_at: formatTimestampOrNull(session.startedAt),
        ended_at: formatTimestampOrNull(session.endedAt),
        started_date_key: dateKeyOf(session.startedAt),
        event_count: formatInteger(session.events.length),
        items_added_count: formatInteger(countEvents(session, "ADD_PRODUCT_TO_CART")),
        order_count: formatInteger(countEvents(session, "PLACED_ORDER")),
        has_placed_order: String(countEvents(session, "PLACED_ORDER") > 0),
        is_last_session: String(session.isLast),
    };
}
