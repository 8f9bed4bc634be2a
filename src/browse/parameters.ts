/** The parameter values of one statement, in order. */
export interface Parameters {
    readonly values: readonly (string | null)[];
    /** Adds a value and returns its placeholder: `$3::numeric`. */
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
