/** The ids an event's payload holds; null where it holds none, or none that can be read. */
export interface PayloadIds {
    readonly customerId: number | null;
    readonly productId: number | null;
    readonly orderId: number | null;
}

const noIds: PayloadIds = { customerId: null, productId: null, orderId: null };

/** Reads the object inside the JSON string, or the object itself. A payload that is neither holds no ids. */
export function readPayload(text: string | null): PayloadIds {
    const outer = parseJsonOrNull(text);
    const payload = typeof outer === "string" ? parseJsonOrNull(outer) : outer;
    if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
        return noIds;
    }
    const values = payload as Record<string, unknown>;
    return {
        customerId: readId(values["customer-id"]),
        productId: readId(values.product),
        orderId: readId(values.order),
    };
}

/** An id is a whole number that PostgreSQL's integer holds, or a string of its digits. */
function readId(value: unknown): number | null {
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}

function parseJsonOrNull(text: string | null): unknown {
    try {
        return text === null ? null : JSON.parse(text);
    } catch {
        return null;
    }
}
