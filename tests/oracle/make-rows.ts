import type { CustomerRow, EventRow, OrderItemRow, OrderRow, ProductRow } from "./landing.js";

/** Landing rows from the columns that matter; `at` sets both times. */
interface Common {
    readonly id: number | null;
    readonly at?: string | null;
    readonly created_at?: string | null;
    readonly modified_at?: string | null;
}

function times({ at = null, created_at = at, modified_at = at }: Common): Pick<EventRow, "created_at" | "modified_at"> {
    return { created_at, modified_at };
}

export function makeCustomer(columns: Common & Partial<CustomerRow>): CustomerRow {
    const { id, name = null, email = null, phone_number = null } = columns;
    return { name, email, phone_number, id, ...times(columns) };
}

export function makeProduct(columns: Common & Partial<ProductRow>): ProductRow {
    const { id, name = null, description = null, EAN = null, price = null, discount_percent = null } = columns;
    const { brand = null, inventory = null, published = null } = columns;
    return { name, description, EAN, price, discount_percent, brand, inventory, published, id, ...times(columns) };
}

export function makeOrder(columns: Common & Partial<OrderRow>): OrderRow {
    const { id, customer = null, status = "PLACED", customer_address = null } = columns;
    return { customer, status, customer_address, id, ...times(columns) };
}

export function makeOrderItem(columns: Common & Partial<OrderItemRow>): OrderItemRow {
    const { id, order = null, product = null, quantity = 1, price = null } = columns;
    return { order, product, quantity, price, id, ...times(columns) };
}

/** An event with its payload as the webshop writes it: JSON inside a JSON string. */
export function makeEvent(columns: Common & { readonly type?: string | null; readonly payload?: unknown }): EventRow {
    const { id, type = "PAGE_VIEW", payload = {} } = columns;
    return { type, event: JSON.stringify(JSON.stringify(payload)), id, ...times(columns) };
}
