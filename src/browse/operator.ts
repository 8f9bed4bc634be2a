/** An operator that is looked for in one schema and not on the search path: `operator(pg_catalog.=)`. */
export function buildOperator(schema: string, sign: string): string {
    return `operator(${schema}.${sign})`;
}
