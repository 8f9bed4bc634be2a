import { isNumericType } from "./column-types.js";

/** Object ids in `pg_type`; fixed in every PostgreSQL: src/include/catalog/pg_type.dat */
const otherIds = {
    bytea: 17,
    char: 18,
    name: 19,
    tid: 27,
    text: 25,
    cidr: 650,
    macaddr8: 774,
    money: 790,
    macaddr: 829,
    inet: 869,
    character: 1042,
    varchar: 1043,
    date: 1082,
    time: 1083,
    timestamp: 1114,
    timestamptz: 1184,
    interval: 1186,
    timetz: 1266,
    void: 2278,
    uuid: 2950,
} as const;

const boolean = 16;
const numeric = 1700;
const temporal: ReadonlySet<number> = new Set([otherIds.date, otherIds.timestamp, otherIds.timestamptz]);

const shortTypes: ReadonlySet<number> = new Set([
    boolean,
    ...temporal,
    otherIds.char,
    otherIds.name,
    otherIds.tid,
    otherIds.cidr,
    otherIds.macaddr8,
    otherIds.money,
    otherIds.macaddr,
    otherIds.inet,
    otherIds.time,
    otherIds.interval,
    otherIds.timetz,
    otherIds.uuid,
    // No value has this type, and it cannot be cast.
    otherIds.void,
]);

/** Whether values of a type are never long. A numeric is not such a type: it can have 131,072 digits. */
export function isShortType(typeId: number): boolean {
    return shortTypes.has(typeId) || (isNumericType(typeId) && typeId !== numeric);
}

/** Timestamps: when something happened. */
export function isMomentType(typeId: number): boolean {
    return typeId === otherIds.timestamp || typeId === otherIds.timestamptz;
}

/** Dates and timestamps. */
export function isTemporalType(typeId: number): boolean {
    return temporal.has(typeId);
}

export function isByteaType(typeId: number): boolean {
    return typeId === otherIds.bytea;
}

/** `char(n)`, whose cast to text loses the blanks at the end. */
export function isPaddedType(typeId: number): boolean {
    return typeId === otherIds.character;
}

/** Whether a type is stored as text, so that a part of a value or its length can be read without the whole value. */
export function isTextType(typeId: number): boolean {
    return typeId === otherIds.text || typeId === otherIds.varchar;
}

export function isFloatType(typeId: number): boolean {
    return typeId === 700 || typeId === 701;
}

export function isDateType(typeId: number): boolean {
    return typeId === otherIds.date;
}

export function isTimestamptzType(typeId: number): boolean {
    return typeId === otherIds.timestamptz;
}

export function isTimestampType(typeId: number): boolean {
    return typeId === otherIds.timestamp;
}

/** A time of day without a time zone. */
export function isTimeType(typeId: number): boolean {
    return typeId === otherIds.time;
}

export function isIntervalType(typeId: number): boolean {
    return typeId === otherIds.interval;
}
