import type { Knex } from "knex";
import { declareSources, dropSource } from "../src/warehouse/index.js";

interface LandingTable {
    readonly name: string;
    readonly description: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    /** Whether a question of the business depends on it, and so on its being there and fresh. */
    readonly isNeeded: boolean;
}

const everyLandingTableHas = [
    { name: "id", type: "integer" },
    { name: "created_at", type: "timestamp without time zone" },
    { name: "modified_at", type: "timestamp without time zone" },
];

const landingTables: readonly LandingTable[] = [
    {
        name: "customer",
        description: "Customers of the web shop.",
        columns: [
            { name: "name", type: "text" },
            { name: "email", type: "text" },
            { name: "phone_number", type: "text" },
        ],
        isNeeded: true,
    },
    {
        name: "product",
        description: "Products of the web shop with price, discount and stock.",
        columns: [
            { name: "name", type: "text" },
            { name: "description", type: "text" },
            { name: "EAN", type: "text" },
            { name: "price", type: "double precision" },
            { name: "discount_percent", type: "double precision" },
            { name: "brand", type: "integer" },
            { name: "inventory", type: "integer" },
            { name: "published", type: "boolean" },
        ],
        isNeeded: true,
    },
    {
        name: "orders",
        description: "Orders with their status: PLACED, PAID, SHIPPED.",
        columns: [
            { name: "customer", type: "integer" },
            { name: "status", type: "text" },
            { name: "customer_address", type: "integer" },
        ],
        isNeeded: true,
    },
    {
        name: "orderitem",
        description: "Order lines: product, quantity and the price the shop wrote down.",
        columns: [
            { name: "order", type: "integer" },
            { name: "product", type: "integer" },
            { name: "quantity", type: "integer" },
            { name: "price", type: "double precision" },
        ],
        isNeeded: true,
    },
    {
        name: "event",
        description: "What visitors did in the web shop; the payload is JSON inside a JSON string.",
        columns: [
            { name: "type", type: "text" },
            { name: "event", type: "json" },
        ],
        isNeeded: true,
    },
    { name: "category", description: "Product categories.", columns: [], isNeeded: false },
    { name: "productbrand", description: "Product brands.", columns: [], isNeeded: false },
    { name: "productcategory", description: "Which product is in which category.", columns: [], isNeeded: false },
    { name: "customeraddress", description: "Addresses of customers.", columns: [], isNeeded: false },
    { name: "paymentprovider", description: "Payment providers and their costs.", columns: [], isNeeded: false },
    {
        name: "customerpaymentprovider",
        description: "Which customer pays through which provider.",
        columns: [],
        isNeeded: false,
    },
];

export async function up(knex: Knex): Promise<void> {
    await declareSources(
        knex,
        landingTables.map((table) => ({
            name: table.name,
            description: table.description,
            key: "id",
            versionColumn: "modified_at",
            columns: [...table.columns, ...everyLandingTableHas],
            isRequired: table.isNeeded,
            ...(table.isNeeded ? { freshness: { warnAfterHours: 36, errorAfterHours: 60 } } : {}),
        })),
    );
}

export async function down(knex: Knex): Promise<void> {
    for (const table of [...landingTables].reverse()) {
        await dropSource(knex, table.name);
    }
}
