import { expect, test } from "vitest";
import { describeOnServer } from "../../setup/databases.js";
import { read } from "./publish.js";

describeOnServer("the models' documentation", { template: "models" }, (database) => {
    test("describes every column of every model", async () => {
        const undescribed = `
            select relation.relname, attribute.attname
            from ops.model
            join pg_namespace as namespace on namespace.nspname = model.layer
            join pg_class as relation on relation.relnamespace = namespace.oid and relation.relname = model.model_name
            join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0
            where coalesce(col_description(relation.oid, attribute.attnum), '') !~ '[.]$'`;
        expect(await read(database, undescribed)).toEqual([]);
    });

    test("gives every table a test of its primary key, and every foreign key one of its target", async () => {
        const untested = `
            select model.model_name, key.column_name
            from ops.model
            cross join unnest(model.primary_key) as key (column_name)
            cross join unnest(array['unique', 'not_null']) as wanted (kind)
            where not exists (
                select from ops.data_test
                where data_test.model_name = model.model_name and data_test.kind = wanted.kind
                    and data_test.columns = array[key.column_name] and data_test.severity = 'error'
            )
            union all
            select model.model_name, attribute.attname
            from ops.model
            join pg_namespace as namespace on namespace.nspname = model.layer
            join pg_class as relation on relation.relnamespace = namespace.oid and relation.relname = model.model_name
            join pg_attribute as attribute on attribute.attrelid = relation.oid and attribute.attnum > 0
            where model.model_name like 'fct_%' and attribute.attname like '%\\_key' and attribute.attname <> all (model.primary_key)
                and not exists (
                    select from ops.data_test
                    where data_test.model_name = model.model_name and data_test.kind = 'relationships'
                        and data_test.columns = array[attribute.attname::text] and data_test.severity = 'error'
                )`;
        expect(await read(database, untested)).toEqual([]);
    });
});
