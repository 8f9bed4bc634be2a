import { defineSource } from "stardeck";

export const title = defineSource({
    name: "title",
    schema: "catalog",
    description: "What can be lent.",
    kind: "table",
    key: "id",
    versionColumn: "updated_at",
});

export const member = defineSource({
    name: "member",
    description: "Who may lend.",
    kind: "table",
    key: "id",
    versionColumn: "updated_at",
});

export const loan = defineSource({
    name: "loan",
    description: "Who lent what, from when to when.",
    kind: "table",
    key: ["member_id", "title_id", "lent_on"],
    versionColumn: "updated_at",
});
