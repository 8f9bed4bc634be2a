import { describe, expect, it } from "vitest";
import { checkName, fitName } from "../../src/warehouse/names.js";

const letters = (count: number): string => "a".repeat(count);

describe("fitName", () => {
    it("leaves a name alone that fits into 63 bytes", () => {
        expect(fitName("fct_orders", "__select")).toBe("fct_orders__select");
        expect(fitName(letters(55), "__select")).toBe(`${letters(55)}__select`);
    });

    it("shortens the stem of a longer one, keeps the suffix and fills 63 bytes", () => {
        const name = fitName(letters(56), "__select");
        expect(name).toMatch(/^a{46}_[0-9a-f]{8}__select$/);
        expect(name).toHaveLength(63);
    });

    it("keeps names apart that differ in what is cut off, and gives the same name every time", () => {
        const one = fitName(`${letters(70)}_one`, "_idx");
        const two = fitName(`${letters(70)}_two`, "_idx");
        expect(one).not.toBe(two);
        expect(fitName(`${letters(70)}_one`, "_idx")).toBe(one);
    });
});

describe("checkName", () => {
    it("takes lower snake case up to 63 bytes", () => {
        for (const name of ["fct_orders", "_private", "a1", letters(63)]) {
            expect(() => {
                checkName("Model", name);
            }).not.toThrow();
        }
    });

    it.each(["", "Fct_orders", "1st", "fct-orders", "fct orders", "fct_ördërs", 'a"b', "prep.a"])(
        "refuses %j",
        (name) => {
            expect(() => {
                checkName("Model", name);
            }).toThrow(`Model "${name}" must be lower snake case: letters, digits and underscores.`);
        },
    );

    it("refuses 64 bytes, which PostgreSQL would cut silently", () => {
        expect(() => {
            checkName("Source", letters(64));
        }).toThrow(`Source "${letters(64)}" is longer than PostgreSQL's 63 bytes.`);
    });
});
