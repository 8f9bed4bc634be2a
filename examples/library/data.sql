-- The tables of a small library, as its own program would keep them. Made up.
create schema catalog;
create schema lending;

create table catalog.title (
    id uuid primary key,
    name text not null,
    genre_code text,
    published_year integer,
    updated_at timestamptz not null default now()
);

create table lending.member (
    id uuid primary key,
    name text not null,
    joined_on date not null,
    left_on date,
    updated_at timestamptz not null default now()
);

create table lending.loan (
    member_id uuid not null references lending.member,
    title_id uuid not null references catalog.title,
    lent_on date not null,
    due_on date not null,
    returned_on date,
    updated_at timestamptz not null default now(),
    primary key (member_id, title_id, lent_on)
);

insert into catalog.title (id, name, genre_code, published_year)
select md5('title ' || number)::uuid, 'Title ' || number, (array['NOV', 'SCI', 'HIS', null])[1 + number % 4], 1950 + number % 70
from generate_series(1, 40) as number;

insert into lending.member (id, name, joined_on, left_on)
select
    md5('member ' || number)::uuid,
    'Member ' || number,
    date '2024-01-01' + number * 3,
    case when number % 7 = 0 then date '2024-11-01' + number end
from generate_series(1, 25) as number;

insert into lending.loan (member_id, title_id, lent_on, due_on, returned_on)
select
    md5('member ' || 1 + number % 25)::uuid,
    md5('title ' || 1 + number * 7 % 40)::uuid,
    date '2024-03-01' + number,
    date '2024-03-22' + number,
    case when number % 9 <> 0 then date '2024-03-01' + number + 5 + number % 30 end
from generate_series(1, 300) as number;
