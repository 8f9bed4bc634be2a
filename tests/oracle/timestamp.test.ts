import { expect, test } from "vitest";
import { dateKeyOf, dateRows } from "./dates.js";
import { formatTimestamp, parseTimestamp, parseUsableTimestamp } from "./timestamp.js";

test.each(["2025-01-06 09:30:00", "1900-01-01 00:00:00", "2025-01-05 23:59:59.999999", "1969-12-31 23:59:59.5"])(
    "reads and writes %s",
    (text) => {
        expect(formatTimestamp(parseTimestamp(text))).toBe(text);
    },
);

test("knows no time outside 1900-01-01 to 9999-12-31", () => {
    const texts = [null, "infinity", "-infinity", "1899-12-31 23:59:59", "9999-12-31"];
    expect(texts.map(parseUsableTimestamp)).toEqual([null, null, null, null, null]);
});

test("puts the last microsecond of Sunday into the week before Monday", () => {
    const [sunday, monday] = ["2018-12-30 23:59:59.999999", "2018-12-31 00:00:00"].map(parseTimestamp);
    const rows = dateRows([sunday ?? null, monday ?? null, null]);
    expect(dateKeyOf(sunday ?? null)).toBe("20181230");
    expect(rows).toHaveLength(1 + 5479 + 2);
    expect(rows.filter((row) => row.year === "2018")).toEqual([
        {
            date_key: "20181230",
            date_day: "2018-12-30",
            week_start: "2018-12-24",
            iso_week: "52",
            iso_year: "2018",
            month_start: "2018-12-01",
            year: "2018",
            day_of_week: "7",
            day_name: "Sunday",
            is_weekend: "true",
        },
        {
            date_key: "20181231",
            date_day: "2018-12-31",
            week_start: "2018-12-31",
            iso_week: "1",
            iso_year: "2019",
            month_start: "2018-12-01",
            year: "2018",
            day_of_week: "1",
            day_name: "Monday",
            is_weekend: "false",
        },
    ]);
});
