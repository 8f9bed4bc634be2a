import { expect, it } from "vitest";
import { mappedColumnOrNull } from "../../../src/browse/trace/simple-mapping.js";

it.each([
    ["select id from changed", "id"],
    ["SELECT  Id\nfrom changed where id is not null", "id"],
    ['-- which\nselect "Order ""id""" from changed', 'Order "id"'],
    ["select order_id from prep.int_orders where customer_id = any(array(select customer_id from changed))", null],
    ["select id + 1 from changed", null],
    ["select id, other from changed", null],
    ["select id from changed join prep.other using (id)", null],
    ["select 'id' from changed", null],
    ["", null],
])("reads the column of %j", (sql, column) => {
    expect(mappedColumnOrNull(sql)).toBe(column);
});
