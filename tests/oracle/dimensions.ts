import { formatDecimal, type Decimal } from "./decimal.js";
import { formatBoolean, formatDecimalOrNull, formatInteger, type Row } from "./row.js";
import { memberKey } from "./surrogate-key.js";
import { beginningOfTime, endOfTime, formatTimestamp, type Timestamp } from "./timestamp.js";
import type { CustomerVersion, ProductVersion, Version, Versions } from "./versions.js";

export const unknownKey = "-1";

/** One version of a dimension member. An inferred member, known from facts alone, has no attributes. */
interface Member<Attributes> {
    readonly key: string;
    readonly id: number;
    readonly attributes: Attributes | null;
    readonly validFrom: Timestamp;
    readonly validTo: Timestamp;
}

/** A dimension with SCD type 2 history. */
export interface Dimension<Attributes> {
    readonly members: readonly Member<Attributes>[];
    /** The version of a member valid then; null for a null id or time and for an id nobody mentions. */
    versionAt(id: number | null, at: Timestamp | null): Member<Attributes> | null;
}

export function makeCustomerDimension(
    versions: Versions<CustomerVersion>,
    mentionedIds: Iterable<number | null>,
): Dimension<CustomerVersion> {
    return makeDimension(versions, ({ name, email, phoneNumber }) => [name, email, phoneNumber], mentionedIds);
}

export function makeProductDimension(
    versions: Versions<ProductVersion>,
    mentionedIds: Iterable<number | null>,
): Dimension<ProductVersion> {
    return makeDimension(
        versions,
        ({ name, description, ean, price, discountPercent, brandId, isPublished }) => [
            name,
            description,
            ean,
            formatKnown(price),
            formatKnown(discountPercent),
            brandId,
            isPublished,
        ],
        mentionedIds,
    );
}

function makeDimension<V extends Version>(
    versions: Versions<V>,
    trackedAttributes: (version: V) => readonly unknown[],
    mentionedIds: Iterable<number | null>,
): Dimension<V> {
    const membersById = new Map<number, Member<V>[]>();
    for (const [id, all] of versions) {
        const signature = (version: V): string => JSON.stringify(trackedAttributes(version));
        const changes = all.filter((version, index) => {
            const previous = all[index - 1];
            return previous === undefined || signature(previous) !== signature(version);
        });
        const starts = changes.map((version, index) => (index === 0 ? beginningOfTime : version.modifiedAt));
        const members = changes.map((attributes, index) =>
            makeMember(id, attributes, starts[index] ?? beginningOfTime, starts[index + 1] ?? endOfTime),
        );
        membersById.set(id, members);
    }
    for (const id of mentionedIds) {
        if (id !== null && !membersById.has(id)) {
            membersById.set(id, [makeMember<V>(id, null, beginningOfTime, endOfTime)]);
        }
    }
    return {
        members: [...membersById.values()].flat(),
        versionAt: (id, at) => {
            if (id === null || at === null) {
                return null;
            }
            const members = membersById.get(id) ?? [];
            return members.find(({ validFrom, validTo }) => validFrom <= at && at < validTo) ?? null;
        },
    };
}

function makeMember<Attributes>(
    id: number,
    attributes: Attributes | null,
    validFrom: Timestamp,
    validTo: Timestamp,
): Member<Attributes> {
    return { key: memberKey(id, validFrom), id, attributes, validFrom, validTo };
}

export function customerRows(dimension: Dimension<CustomerVersion>): Row[] {
    const unknown: Row = {
        customer_key: unknownKey,
        customer_id: null,
        name: "Unknown customer",
        email: null,
        phone_number: null,
        ...unknownValidity,
    };
    const rows = dimension.members.map((member) => ({
        customer_key: member.key,
        customer_id: formatInteger(member.id),
        name: nameOf(member),
        email: member.attributes?.email ?? null,
        phone_number: member.attributes?.phoneNumber ?? null,
        ...validityOf(member),
    }));
    return [unknown, ...rows];
}

export function productRows(dimension: Dimension<ProductVersion>): Row[] {
    const unknown: Row = {
        product_key: unknownKey,
        product_id: null,
        name: "Unknown product",
        description: null,
        ean: null,
        price: null,
        discount_percent: null,
        brand_id: null,
        is_published: null,
        ...unknownValidity,
    };
    const rows = dimension.members.map((member) => ({
        product_key: member.key,
        product_id: formatInteger(member.id),
        name: nameOf(member),
        description: member.attributes?.description ?? null,
        ean: member.attributes?.ean ?? null,
        price: formatDecimalOrNull(member.attributes?.price),
        discount_percent: formatDecimalOrNull(member.attributes?.discountPercent),
        brand_id: formatInteger(member.attributes?.brandId),
        is_published: formatBoolean(member.attributes?.isPublished),
        ...validityOf(member),
    }));
    return [unknown, ...rows];
}

const unknownValidity: Row = {
    is_inferred: "false",
    valid_from: formatTimestamp(beginningOfTime),
    valid_to: formatTimestamp(endOfTime),
    is_current: "true",
};

function validityOf({ attributes, validFrom, validTo }: Member<unknown>): Row {
    return {
        is_inferred: formatBoolean(attributes === null),
        valid_from: formatTimestamp(validFrom),
        valid_to: formatTimestamp(validTo),
        is_current: formatBoolean(validTo === endOfTime),
    };
}

function nameOf({ attributes }: Member<{ name: string | null }>): string | null {
    return attributes === null ? "Not yet extracted" : attributes.name;
}

function formatKnown(value: Decimal | null): string | null {
    return value === null ? null : formatDecimal(value);
}
