import type { Random } from "./random.js";

/** Kinds of types whose values are made in the same way. */
type ValueKind = "integer" | "number" | "text" | "boolean" | "date" | "timestamp" | "uuid" | "json" | "other";

const kinds: readonly (readonly [RegExp, ValueKind])[] = [
    [/^(smallint|integer|bigint)$/, "integer"],
    [/^(numeric|decimal|real|double precision|float)/, "number"],
    [/^(text|character|varchar|char|bpchar|name)/, "text"],
    [/^bool/, "boolean"],
    [/^date$/, "date"],
    [/^timestamp/, "timestamp"],
    [/^uuid$/, "uuid"],
    [/^jsonb?$/, "json"],
];

function kindOf(type: string): ValueKind {
    return type.endsWith("[]") ? "other" : (kinds.find(([pattern]) => pattern.test(type))?.[1] ?? "other");
}

const greatestOf: Readonly<Record<string, bigint>> = {
    smallint: 32_767n,
    integer: 2_147_483_647n,
    bigint: 9_223_372_036_854_775_807n,
};

/** Whether a value of another column is valid for a column of this type. */
export function isValueOf(type: string, value: string): boolean {
    switch (kindOf(type)) {
        case "integer":
            return /^-?\d{1,19}$/.test(value) && BigInt(value) <= (greatestOf[type] ?? 0n);
        case "number":
            return /^-?\d+(\.\d+)?$/.test(value);
        case "text":
            return true;
        case "date":
        case "timestamp":
            return /^\d{4}-\d\d-\d\d/.test(value);
        case "uuid":
            return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value);
        case "boolean":
        case "json":
        case "other":
            return false;
    }
}

/** Values for a column that has none yet; for an enum, all its labels. */
export function firstValues(type: string, labels: readonly string[]): readonly string[] {
    if (labels.length > 0) {
        return labels;
    }
    if (type.endsWith("[]")) {
        return ["{}"];
    }
    switch (kindOf(type)) {
        case "integer":
            return ["1", "2", "3", "4", "5", "6"];
        case "number":
            return ["0", "1", "1.5", "2.25", "10"];
        case "text":
            return ["a", "b", "c", "A"];
        case "boolean":
            return ["t", "f"];
        case "date":
            return ["2025-01-06", "2025-01-07", "2025-02-01"];
        case "timestamp":
            return ["2025-01-06 10:00:00", "2025-01-06 10:00:01", "2025-01-07 00:00:00", "2025-02-01 12:30:00"];
        case "uuid":
            return ["1", "2", "3", "4"].map((digit) => `00000000-0000-4000-8000-00000000000${digit}`);
        case "json":
            return ["{}", "null", '{"a": 1}'];
        case "other":
            return timesOfDay.test(type) ? ["10:00:00", "23:59:59"] : [];
    }
}

const timesOfDay = /^(time|interval)/;

/** Values that programs often mishandle, but none from which a model could make endless rows. */
export function extremeValues(type: string): readonly string[] {
    switch (kindOf(type)) {
        case "integer":
            return ["0", "-1", String(greatestOf[type])];
        case "number":
            return ["0", "-1", "1.0", "1.00", "0.001", "123456789.99", "NaN"];
        case "text":
            return ["", " ", "O'Neil", '"', "\\", "%", "ß", "null", "x".repeat(300)];
        case "json":
            return ["null", "[]", '""', "0"];
        case "boolean":
        case "date":
        case "timestamp":
        case "uuid":
        case "other":
            return [];
    }
}

/** A value close to another, which a slightly wrong comparison would confuse with it. */
export function valueNear(type: string, value: string, random: Random): string {
    switch (kindOf(type)) {
        case "integer":
            return /^-?\d+$/.test(value) ? String(BigInt(value) + BigInt(random.pick([-1, 1, 1, 2]))) : value;
        case "number": {
            const number = Number(value);
            return Number.isFinite(number)
                ? String(random.pick([number + 1, number - 0.01, -number, number / 2]))
                : value;
        }
        case "text":
            return random.pick([
                `${value} `,
                `${value}2`,
                value.toUpperCase(),
                value.toLowerCase(),
                value.slice(0, -1),
            ]);
        case "date":
        case "timestamp":
            return shiftTime(type, value, random.pick([-365, -30, -1, 1, 1, 7, 30, 0]), random.pick([-1, 0, 0, 1]));
        case "uuid":
            return Array.from({ length: 32 }, () => random.below(16).toString(16))
                .join("")
                .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
        case "boolean":
            return value === "t" ? "f" : "t";
        case "json":
        case "other":
            return value;
    }
}

/** A value greater than all given ones; null if none is known for the type. */
export function valueAboveOrNull(type: string, values: readonly string[], random: Random): string | null {
    const kind = kindOf(type);
    if (kind === "integer" || kind === "number") {
        // Ignore numbers near the type's maximum: nothing fits above them.
        const limit = (greatestOf[type] ?? 1_000_000_000_000n) / 2n;
        const numbers = values
            .flatMap((value) => (/^-?\d+(\.\d+)?$/.test(value) ? [BigInt(value.replace(/\..*/, ""))] : []))
            .filter((number) => number < limit);
        const greatest = numbers.reduce((one, other) => (one > other ? one : other), 0n);
        return String(greatest + BigInt(1 + random.below(3)));
    }
    if (kind === "date" || kind === "timestamp") {
        const greatest = values
            .filter((value) => /^\d{4}-/.test(value))
            .sort()
            .at(-1);
        return greatest === undefined
            ? null
            : shiftTime(type, greatest, random.pick([0, 0, 1]), kind === "date" ? 0 : 1 + random.below(100));
    }
    return null;
}

function shiftTime(type: string, value: string, days: number, seconds: number): string {
    const hasZone = /[+-]\d\d(:\d\d)?$/.test(value.slice(10));
    const normal = value.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
    const time = Date.parse(value.length <= 10 || hasZone ? normal : `${normal}Z`);
    if (Number.isNaN(time)) {
        return value;
    }
    const shifted = new Date(time + days * 86_400_000 + seconds * 1000);
    const year = shifted.getUTCFullYear();
    if (Number.isNaN(year) || year < 1900 || year > 2100) {
        return value;
    }
    const text = shifted.toISOString();
    return type === "date" ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 23)}${hasZone ? "+00" : ""}`;
}

/** All whole numbers in a document, as possible ids. */
export function numbersIn(document: string): readonly string[] {
    return [...new Set(document.match(/(?<![\w.-])\d{1,18}(?![\w.-])/g) ?? [])];
}

/**
 * A document like another with one value changed: replaced by another document's value at the same path, by a given number or by
 * null, or left out. JSON texts inside the document count as documents too.
 */
export function documentNear(
    value: string,
    others: readonly string[],
    numbers: readonly string[],
    random: Random,
): string {
    const document = parseOrNull(value);
    if (document === null) {
        return others.length === 0 ? value : random.pick(others);
    }
    const leaves = leavesOf(document.content);
    if (leaves.length === 0) {
        return others.length === 0 ? value : random.pick(others);
    }
    const chosen = random.pick(leaves);
    const there = others.flatMap((other) => {
        const parsed = parseOrNull(other);
        return parsed === null
            ? []
            : leavesOf(parsed.content)
                  .filter(({ path }) => path.join("\n") === chosen.path.join("\n"))
                  .map((leaf) => leaf.value);
    });
    const isNumber = typeof chosen.value === "number";
    const replacement =
        isNumber && numbers.length > 0 && random.chance(0.5)
            ? Number(random.pick(numbers))
            : there.length > 0 && random.chance(0.8)
              ? random.pick(there)
              : random.pick([null, undefined]);
    return printDocument(withLeaf(document.content, chosen.path, replacement), document.depth);
}

interface Document {
    readonly content: unknown;
    /** How many times it is encoded as a JSON string. */
    readonly depth: number;
}

function parseOrNull(text: string): Document | null {
    try {
        const content = JSON.parse(text) as unknown;
        const inner = typeof content === "string" ? parseOrNull(content) : null;
        return inner === null ? { content, depth: 0 } : { content: inner.content, depth: inner.depth + 1 };
    } catch {
        return null;
    }
}

function printDocument(content: unknown, depth: number): string {
    let text = JSON.stringify(content ?? null);
    for (let level = 0; level < depth; level++) {
        text = JSON.stringify(text);
    }
    return text;
}

interface Leaf {
    readonly path: readonly string[];
    readonly value: unknown;
}

function leavesOf(content: unknown, path: readonly string[] = []): readonly Leaf[] {
    if (typeof content !== "object" || content === null) {
        return [{ path, value: content }];
    }
    return Object.entries(content).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

function withLeaf(content: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
    if (key === undefined) {
        return value;
    }
    if (Array.isArray(content)) {
        return content.map((item: unknown, place) => (String(place) === key ? withLeaf(item, rest, value) : item));
    }
    const object = content as Readonly<Record<string, unknown>>;
    return { ...object, [key]: withLeaf(object[key], rest, value) };
}
