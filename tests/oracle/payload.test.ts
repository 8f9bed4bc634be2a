import { expect, test } from "vitest";
import { readPayload } from "./payload.js";

const inString = (payload: string): string => JSON.stringify(payload);

test.each([
    [inString('{"customer-id": 5, "product": 7, "order": 9}'), [5, 7, 9]],
    ['{"customer-id": 5, "product": 7, "order": 9}', [5, 7, 9]],
    [inString('{"customer-id": "5", "product": "007", "order": "-1"}'), [5, 7, -1]],
    [inString('{"customer-id": null, "product": 7}'), [null, 7, null]],
    [inString('{"customer-id": "x", "product": 7.5, "order": 2147483648}'), [null, null, null]],
    [inString('{"customer-id": true, "product": [1], "order": {"order": 1}}'), [null, null, null]],
    [inString('{"customer-id": 5'), [null, null, null]],
    [inString("[5]"), [null, null, null]],
    [inString(""), [null, null, null]],
    ["5", [null, null, null]],
    [null, [null, null, null]],
])("reads the ids of %s", (text, ids) => {
    const { customerId, productId, orderId } = readPayload(text);
    expect([customerId, productId, orderId]).toEqual(ids);
});
