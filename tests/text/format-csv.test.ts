import { expect, it } from "vitest";
import { formatCsvRow } from "../../src/text/format-csv.js";

it.each([
    [["a", "b"], "a,b\r\n"],
    [[null, ""], ',""\r\n'],
    [['say "hi"', "a,b"], '"say ""hi""","a,b"\r\n'],
    [["two\nlines", "carriage\rreturn"], '"two\nlines","carriage\rreturn"\r\n'],
    [[" edge "], '" edge "\r\n'],
    [["\\."], '"\\."\r\n'],
    [["a\\."], "a\\.\r\n"],
    [["12345678901234567890.00"], "12345678901234567890.00\r\n"],
])("writes %j as a record of RFC 4180", (row, record) => {
    expect(formatCsvRow(row)).toBe(record);
});
