import type { Knex } from "knex";
import { createModel, dropModel, sqlFile } from "../src/warehouse/index.js";

export async function up(knex: Knex): Promise<void> {
    await createModel(knex, {
        name: "dim_date",
        layer: "warehouse",
        materialisation: "table",
        description:
            "Calendar: every day from 2020 to 2034, and any other day on which an order was placed, paid or shipped or a session started.",
        grain: "one row per date, and one for the unknown date",
        select: sqlFile("20250101002000_dim_date"),
        primaryKey: ["date_key"],
        entityKey: "date_key",
        columns: [
            {
                name: "date_key",
                type: "integer",
                notNull: true,
                description: "The date as yyyymmdd; -1 is the unknown date.",
            },
            { name: "date_day", type: "date", description: "The date." },
            { name: "week_start", type: "date", description: "The Monday of its week." },
            { name: "iso_week", type: "integer", description: "ISO 8601 week number, 1 to 53." },
            { name: "iso_year", type: "integer", description: "The year that the ISO week belongs to." },
            { name: "month_start", type: "date", description: "The first day of its month." },
            { name: "year", type: "integer", description: "Calendar year." },
            { name: "day_of_week", type: "integer", description: "1 is Monday, 7 is Sunday." },
            {
                name: "day_name",
                type: "text",
                notNull: true,
                description: "Monday to Sunday; 'Unknown date' for the unknown date.",
            },
            { name: "is_weekend", type: "boolean", description: "Whether it is a Saturday or Sunday." },
        ],
        indexes: [["date_day"], ["week_start"]],
        affectedBy: {
            // The days from 2020 to 2034 are there whatever happens.
            int_orders: `
                select prep.date_key(milestone.reached_at::date)
                from changed
                cross join lateral (values (placed_at), (paid_at), (shipped_at)) as milestone (reached_at)
                where milestone.reached_at < timestamp '2020-01-01' or milestone.reached_at >= timestamp '2035-01-01'
            `,
            // An event can start a session, or keep one within the next 30 minutes from being a start.
            int_events: `
                select prep.date_key(moment.at::date)
                from changed
                cross join lateral (values (occurred_at), (occurred_at + interval '30 minutes')) as moment (at)
                where moment.at < timestamp '2020-01-01' or moment.at >= timestamp '2035-01-01'
            `,
        },
        tags: ["calendar"],
        tests: [
            { kind: "unique", columns: ["date_key"] },
            { kind: "not_null", column: "date_key" },
            { kind: "unique", columns: ["date_day"] },
            {
                kind: "expression",
                name: "date_key_is_the_date",
                expression: "date_key = coalesce(prep.date_key(date_day), -1)",
            },
            {
                kind: "expression",
                name: "week_starts_on_monday",
                expression: "extract(isodow from week_start) = 1 and date_day - week_start = day_of_week - 1",
            },
            {
                kind: "singular",
                name: "no_day_is_missing",
                select: `
                select date '2020-01-01' + day_number as date_day
                from generate_series(0, date '2034-12-31' - date '2020-01-01') as day_number
                where not exists (
                    select from warehouse.dim_date where dim_date.date_day = date '2020-01-01' + day_number
                )
            `,
            },
            {
                kind: "singular",
                name: "unknown_member_exists",
                select: "select 'unknown date' as missing where not exists (select from warehouse.dim_date where date_key = -1)",
            },
        ],
    });
}

export async function down(knex: Knex): Promise<void> {
    await dropModel(knex, "dim_date");
}
