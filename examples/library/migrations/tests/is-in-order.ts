import { defineTest } from "stardeck";

/** The second of two columns is not before the first, where both are known. */
export const isInOrder = defineTest({
    name: "is_in_order",
    perEntity: true,
    select: ({ first, second }: { first: string; second: string }, { model, quote }) =>
        `select * from ${model} where ${quote(second)} < ${quote(first)}`,
});
