/** Object ids in `pg_type`; fixed in every PostgreSQL: src/include/catalog/pg_type.dat */
export const typeIds = {
    boolean: 16,
    bigint: 20,
    smallint: 21,
    integer: 23,
    text: 25,
    oid: 26,
    json: 114,
    real: 700,
    double: 701,
    numeric: 1700,
    jsonb: 3802,
} as const;

const integers: ReadonlySet<number> = new Set([typeIds.bigint, typeIds.smallint, typeIds.integer, typeIds.oid]);
const fractions: ReadonlySet<number> = new Set([typeIds.real, typeIds.double, typeIds.numeric]);

export function isIntegerType(typeId: number): boolean {
    return integers.has(typeId);
}

export function isNumericType(typeId: number): boolean {
    return integers.has(typeId) || fractions.has(typeId);
}

export function isJsonType(typeId: number): boolean {
    return typeId === typeIds.json || typeId === typeIds.jsonb;
}
