import { defineSource, type SourceDefinition } from "stardeck";

/** Every landing table holds one row per version of a record. */
const landed = { key: "id", versionColumn: "modified_at" } as const;

const everyLandingTableHas = {
    id: "integer",
    created_at: "timestamp without time zone",
    modified_at: "timestamp without time zone",
};

/** A question of the business depends on it, and so on its being there and fresh. */
function defineNeeded(name: string, description: string, columns: Readonly<Record<string, string>>): SourceDefinition {
    return defineSource({
        name,
        description,
        ...landed,
        columns: { ...columns, ...everyLandingTableHas },
        isRequired: true,
        freshness: { warnAfterHours: 36, errorAfterHours: 60 },
    });
}

/** Landed as well; no question needs it. */
function defineUnused(name: string, description: string): SourceDefinition {
    return defineSource({ name, description, ...landed, columns: everyLandingTableHas });
}

export const customer = defineNeeded("customer", "Customers of the web shop.", {
    name: "text",
    email: "text",
    phone_number: "text",
});

export const product = defineNeeded("product", "Products of the web shop with price, discount and stock.", {
    name: "text",
    description: "text",
    EAN: "text",
    price: "double precision",
    discount_percent: "double precision",
    brand: "integer",
    inventory: "integer",
    published: "boolean",
});

export const orders = defineNeeded("orders", "Orders with their status: PLACED, PAID, SHIPPED.", {
    customer: "integer",
    status: "text",
    customer_address: "integer",
});

export const orderitem = defineNeeded(
    "orderitem",
    "Order lines: product, quantity and the price the shop wrote down.",
    { order: "integer", product: "integer", quantity: "integer", price: "double precision" },
);

export const event = defineNeeded(
    "event",
    "What visitors did in the web shop; the payload is JSON inside a JSON string.",
    { type: "text", event: "json" },
);

export const others = [
    defineUnused("category", "Product categories."),
    defineUnused("productbrand", "Product brands."),
    defineUnused("productcategory", "Which product is in which category."),
    defineUnused("customeraddress", "Addresses of customers."),
    defineUnused("paymentprovider", "Payment providers and their costs."),
    defineUnused("customerpaymentprovider", "Which customer pays through which provider."),
];
