import { isByteaType, isPaddedType, isShortType, isTextType } from "../text/column-kinds.js";

/** A value that may have been clipped. */
export interface ClippedValue {
    readonly text: string | null;
    /** The size of the whole value; null when it was not clipped. */
    readonly bytes: number | null;
}

/**
 * SQL for the text of a value, clipped by the server: a longer value is cut to its first characters, directly followed by
 * its size in bytes. One column instead of two, because a result has at most 1,664.
 *
 * @param reference SQL of the value
 * @param maxCharacters null for the whole value
 */
export function buildClippedSql(reference: string, typeId: number, maxCharacters: number | null): string {
    if (isShortType(typeId)) {
        return reference;
    }
    if (maxCharacters === null) {
        return toText(reference, typeId);
    }
    if (isByteaType(typeId)) {
        // The text has two digits for each byte, after `\x`.
        const isLong = `octet_length(${reference}) > ${Math.floor((maxCharacters - 2) / 2)}`;
        const start = `left(substring(${reference} from 1 for ${maxCharacters})::text, ${maxCharacters})`;
        return `case when ${isLong} then ${start} || octet_length(${reference}) else ${reference}::text end`;
    }
    if (isTextType(typeId)) {
        return clipText(reference, maxCharacters);
    }
    // `offset 0` prevents PostgreSQL from converting the value to text once for each mention.
    return `(select ${clipText("whole", maxCharacters)} from (select ${toText(reference, typeId)} as whole offset 0) as cell)`;
}

/** SQL for the whole text of a value. */
export function toText(reference: string, typeId: number): string {
    // A cast drops the blanks at the end; the output function keeps them.
    return isPaddedType(typeId)
        ? `case when ${reference} is not null then format('%s', ${reference}) end`
        : `${reference}::text`;
}

/** Clips text without reading all of it: PostgreSQL gets its length in bytes and its beginning separately. */
function clipText(reference: string, maxCharacters: number): string {
    const isLong =
        `octet_length(${reference}) > ${maxCharacters} ` +
        `and char_length(left(${reference}, ${maxCharacters + 1})) > ${maxCharacters}`;
    return (
        `case when ${isLong} then left(${reference}, ${maxCharacters}) || octet_length(${reference}) ` +
        `else ${reference} end`
    );
}

/** Splits the result of `buildClippedSql` into text and size. */
export function parseClipped(given: string | null, typeId: number, maxCharacters: number | null): ClippedValue {
    if (given === null || maxCharacters === null || given.length <= maxCharacters || isShortType(typeId)) {
        return { text: given, bytes: null };
    }
    let end = 0;
    for (let count = 0; count < maxCharacters && end < given.length; count++) {
        end += (given.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
    }
    return end >= given.length
        ? { text: given, bytes: null }
        : { text: given.slice(0, end), bytes: Number(given.slice(end)) };
}
