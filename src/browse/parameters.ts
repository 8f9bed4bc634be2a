/** The values of one statement, in the order of their numbers. */
export interface Parameters {
    readonly values: readonly (string | null)[];
    /** Adds a value and gives its placeholder in the SQL: `$3::numeric`. */
    bind(value: string | null, castType: string): string;
}

export function makeParameters(): Parameters {
    const values: (string | null)[] = [];
    return {
        values,
        bind(value, castType) {
            values.push(value);
            return `$${values.length}::${castType}`;
        },
    };
}
