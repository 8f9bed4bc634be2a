-- The landing tables of the webshop as its daily extract fills them, and the mark that says: these are demo data.
-- One row per version of a record: `id` repeats, `modified_at` tells versions apart. Nothing is updated or deleted.

-- Not `if not exists`: demo data never go into a schema that somebody else made.
create schema {source_schema};

create table {source_schema}.customer (
    name text,
    email text,
    phone_number text,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.customer is 'Registered customers: a row when one signs up or changes.';

create table {source_schema}.product (
    name text,
    description text,
    "EAN" text,
    price float8,
    discount_percent float8,
    brand integer,
    inventory integer,
    published boolean,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.product is 'Articles for sale: a row when one is added, repriced, discounted or touched.';
comment on column {source_schema}.product.price is 'List price of one unit.';
comment on column {source_schema}.product.discount_percent is 'Whole percentage: 7 means 7 %.';

create table {source_schema}.orders (
    customer integer,
    status text,
    customer_address integer,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.orders is 'Orders as they stood at the end of each day on which they changed.';
comment on column {source_schema}.orders.status is 'PLACED, PAID or SHIPPED. Two changes on one day leave the last one only.';

create table {source_schema}.orderitem (
    "order" integer,
    product integer,
    quantity integer,
    price float8,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.orderitem is 'Order lines: one product in one order.';
comment on column {source_schema}.orderitem.price is 'What the shop computed for one unit: it takes a discount of 7 % for 700 %, so this may be zero or negative.';

create table {source_schema}.event (
    type text,
    event json,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.event is 'What visitors did on the website; happened at created_at.';
comment on column {source_schema}.event.event is 'The payload: a JSON object, mostly written out again as a JSON string.';

create table {source_schema}.category (
    name text,
    parent integer,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.category is 'Departments of the shop.';

create table {source_schema}.productbrand (
    name text,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.productbrand is 'Brands of products.';

create table {source_schema}.productcategory (
    category integer,
    product integer,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.productcategory is 'Which product is in which category.';

create table {source_schema}.customeraddress (
    customer integer,
    street text,
    number text,
    city text,
    postal_code text,
    country text,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.customeraddress is 'Delivery addresses of customers.';

create table {source_schema}.paymentprovider (
    name text,
    fixed_payment_costs float8,
    percentage_payment_costs float8,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.paymentprovider is 'Companies that handle payments.';

create table {source_schema}.customerpaymentprovider (
    customer integer,
    provider integer,
    account_no text,
    id integer not null,
    created_at timestamp default now(),
    modified_at timestamp default now()
);
comment on table {source_schema}.customerpaymentprovider is 'How a customer pays.';

create index customer_id_idx on {source_schema}.customer (id);
create index customer_modified_at_idx on {source_schema}.customer (modified_at);
create index product_id_idx on {source_schema}.product (id);
create index product_modified_at_idx on {source_schema}.product (modified_at);
create index orders_id_idx on {source_schema}.orders (id);
create index orders_modified_at_idx on {source_schema}.orders (modified_at);
create index orderitem_id_idx on {source_schema}.orderitem (id);
create index orderitem_modified_at_idx on {source_schema}.orderitem (modified_at);
create index event_id_idx on {source_schema}.event (id);
create index event_modified_at_idx on {source_schema}.event (modified_at);
create index category_id_idx on {source_schema}.category (id);
create index category_modified_at_idx on {source_schema}.category (modified_at);
create index productbrand_id_idx on {source_schema}.productbrand (id);
create index productbrand_modified_at_idx on {source_schema}.productbrand (modified_at);
create index productcategory_id_idx on {source_schema}.productcategory (id);
create index productcategory_modified_at_idx on {source_schema}.productcategory (modified_at);
create index customeraddress_id_idx on {source_schema}.customeraddress (id);
create index customeraddress_modified_at_idx on {source_schema}.customeraddress (modified_at);
create index paymentprovider_id_idx on {source_schema}.paymentprovider (id);
create index paymentprovider_modified_at_idx on {source_schema}.paymentprovider (modified_at);
create index customerpaymentprovider_id_idx on {source_schema}.customerpaymentprovider (id);
create index customerpaymentprovider_modified_at_idx on {source_schema}.customerpaymentprovider (modified_at);

create table {source_schema}.stardeck_seed (
    is_only_row boolean not null default true,
    first_day date not null,
    first_through date not null,
    scale_milli integer not null,
    constraint stardeck_seed_is_only_row_pk primary key (is_only_row),
    constraint stardeck_seed_is_only_row_check check (is_only_row)
);
comment on table {source_schema}.stardeck_seed is 'Marks this schema as demo data made by stardeck: only a schema with this table is ever seeded.';
comment on column {source_schema}.stardeck_seed.is_only_row is 'Always true: there is one row.';
comment on column {source_schema}.stardeck_seed.first_day is 'The day on which the shop opens.';
comment on column {source_schema}.stardeck_seed.first_through is 'The last day that was asked for at first: until it is there, that seeding was interrupted.';
comment on column {source_schema}.stardeck_seed.scale_milli is 'Size of the shop in thousandths of the default.';

create table {source_schema}.stardeck_seed_day (
    day date not null,
    row_counts jsonb not null,
    constraint stardeck_seed_day_day_pk primary key (day)
);
comment on table {source_schema}.stardeck_seed_day is 'The daily batches that have landed.';
comment on column {source_schema}.stardeck_seed_day.day is 'The day whose changes the batch brought.';
comment on column {source_schema}.stardeck_seed_day.row_counts is 'Rows landed, by table.';

create table {source_schema}.stardeck_seed_session (
    session_id bigint not null,
    session_hash bigint not null,
    session_day date not null,
    started_at timestamp not null,
    ended_at timestamp not null,
    days_late integer not null,
    customer_id integer,
    is_logged_in boolean not null,
    slot_count integer not null,
    view_count integer not null,
    remove_count integer not null,
    event_count integer not null,
    pace_seconds integer not null,
    pause_after integer not null,
    pause_seconds integer not null,
    signed_up_at timestamp,
    order_id integer,
    placed_at timestamp,
    paid_at timestamp,
    shipped_at timestamp,
    constraint stardeck_seed_session_session_id_pk primary key (session_id)
);
comment on table {source_schema}.stardeck_seed_session is
    'The visits from which the landing rows are derived: what happens in them and afterwards, known beforehand.';
comment on column {source_schema}.stardeck_seed_session.session_id is 'Numbers the visits of all days.';
comment on column {source_schema}.stardeck_seed_session.session_hash is 'Where the random numbers of the visit begin.';
comment on column {source_schema}.stardeck_seed_session.session_day is 'The day on which it starts.';
comment on column {source_schema}.stardeck_seed_session.started_at is 'When the first page is opened.';
comment on column {source_schema}.stardeck_seed_session.ended_at is 'Time of the last event.';
comment on column {source_schema}.stardeck_seed_session.days_late is 'How many days later than usual its events are extracted.';
comment on column {source_schema}.stardeck_seed_session.customer_id is 'Who fills a cart; null when nobody does.';
comment on column {source_schema}.stardeck_seed_session.is_logged_in is 'Whether browsing carries the customer, too.';
comment on column {source_schema}.stardeck_seed_session.slot_count is 'Products looked at and, by customers, added to the cart.';
comment on column {source_schema}.stardeck_seed_session.view_count is 'Pages before each product is added.';
comment on column {source_schema}.stardeck_seed_session.remove_count is 'Products taken out of the cart again.';
comment on column {source_schema}.stardeck_seed_session.event_count is 'Number of events, at most 32.';
comment on column {source_schema}.stardeck_seed_session.pace_seconds is 'Average time between two events.';
comment on column {source_schema}.stardeck_seed_session.pause_after is 'The event after which the visitor leaves for a while.';
comment on column {source_schema}.stardeck_seed_session.pause_seconds is 'How long; 0 when the visitor stays.';
comment on column {source_schema}.stardeck_seed_session.signed_up_at is 'When the customer signs up in it; null otherwise.';
comment on column {source_schema}.stardeck_seed_session.order_id is 'The order that ends it; null when there is none.';
comment on column {source_schema}.stardeck_seed_session.placed_at is 'When that order is placed.';
comment on column {source_schema}.stardeck_seed_session.paid_at is 'When it is paid; null when never.';
comment on column {source_schema}.stardeck_seed_session.shipped_at is 'When it is shipped; null when never.';

create index stardeck_seed_session_session_day_idx on {source_schema}.stardeck_seed_session (session_day);
create index stardeck_seed_session_customer_id_idx on {source_schema}.stardeck_seed_session (customer_id)
    where signed_up_at is not null;
