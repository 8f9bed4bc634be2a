/** The keys that lead to a part of a definition: `["columns", "order_id", "description"]`. */
export type ValuePath = readonly (string | number)[];

export interface ValueProblem {
    readonly path: ValuePath;
    readonly message: string;
}

const mostDepth = 20;
const mostParts = 100_000;

/**
 * Copies an exported value into plain data: objects, lists, texts, finite numbers, booleans and null. Anything else is left out and
 * reported as a problem; getters are called once. JSON can represent the copy without loss.
 */
export function copyPlainValue(value: unknown): {
    readonly value: unknown;
    readonly problems: readonly ValueProblem[];
} {
    const problems: ValueProblem[] = [];
    const ancestors = new Set<object>();
    let parts = 0;
    const refuse = (path: ValuePath, message: string): unknown => {
        problems.push({ path, message });
        return undefined;
    };
    const copy = (part: unknown, path: ValuePath): unknown => {
        parts++;
        if (parts > mostParts) {
            return parts === mostParts + 1 ? refuse(path, `There are more than ${mostParts} values in it.`) : undefined;
        }
        switch (typeof part) {
            case "string":
            case "boolean":
            case "undefined":
                return part;
            case "number":
                return Number.isFinite(part) ? part : refuse(path, `It is ${part}, which is no finite number.`);
            case "object":
                return part === null ? null : copyObject(part, path);
            case "bigint":
            case "function":
            case "symbol":
                return refuse(path, `It is a ${typeof part}, where data is expected.`);
        }
    };
    const readProperty = (part: object, key: string, path: ValuePath): unknown => {
        try {
            return Reflect.get(part, key);
        } catch (error) {
            return refuse(path, describeTrouble(error));
        }
    };
    const copyObject = (part: object, path: ValuePath): unknown => {
        if (ancestors.has(part)) {
            return refuse(path, "It holds itself.");
        }
        if (path.length > mostDepth) {
            return refuse(path, "It is nested too deeply.");
        }
        ancestors.add(part);
        try {
            if (Array.isArray(part)) {
                if (part.length > mostParts) {
                    return refuse(path, `There are more than ${mostParts} values in it.`);
                }
                return part.map((item, index) => copy(item, [...path, index]));
            }
            const prototype: unknown = Object.getPrototypeOf(part);
            if (prototype !== Object.prototype && prototype !== null) {
                return refuse(path, "It is an object of a class, where data is expected.");
            }
            const copied: [string, unknown][] = [];
            for (const key of Object.keys(part)) {
                const value = copy(readProperty(part, key, [...path, key]), [...path, key]);
                if (value !== undefined) {
                    copied.push([key, value]);
                }
            }
            return Object.fromEntries(copied);
        } catch (error) {
            return refuse(path, describeTrouble(error));
        } finally {
            ancestors.delete(part);
        }
    };
    return { value: copy(value, []), problems };
}

function describeTrouble(error: unknown): string {
    return `It cannot be read: ${error instanceof Error ? error.message : String(error)}.`;
}
