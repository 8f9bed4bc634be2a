import { problemOf, type FileProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { quoteQualified } from "../../sql/identifiers.js";
import type { Run } from "./prepare-run.js";
import { describeStatementError, isRefusedStatement } from "./problems.js";
import { removeModels } from "./record-definitions.js";
import { selectRelationOf } from "./model-sql.js";

/** Drops removed models, each before those that it read. */
export async function dropModels(run: Run, problems: FileProblem[]): Promise<void> {
    const { database, changes, ordered } = run;
    const removed = changes.models.flatMap(({ before, after }) => (before !== null && after === null ? [before] : []));
    const inTheWay = removed.flatMap((model) => describeForeignOrNull(run, model) ?? []);
    if (inTheWay.length > 0) {
        problems.push(...inTheWay);
        return;
    }
    let left = removed;
    const said = new Map<string, FileProblem>();
    for (let count = -1; left.length > 0 && left.length !== count;) {
        count = left.length;
        const next: ModelFile[] = [];
        for (const model of left) {
            const problem = await dropModelOrExplain(run, model);
            if (problem === null) {
                said.delete(model.name);
            } else {
                said.set(model.name, problem);
                next.push(model);
            }
        }
        left = next;
    }
    // Another model with a problem may still read them: then report only that problem.
    problems.push(...(ordered.failed.size > 0 ? [] : said.values()));
    await removeModels(
        database,
        removed.filter(({ name }) => !said.has(name)).map(({ name }) => name),
    );
}

/** A problem if others have made objects that depend on a model to be dropped. */
function describeForeignOrNull({ hung }: Run, model: ModelFile): FileProblem | null {
    const place = `${model.schema}.${model.name}`;
    const others = (hung.foreign.get(place) ?? []).filter((object) => !object.startsWith("grant "));
    return others.length === 0
        ? null
        : problemOf(
              model.selectPath,
              `${place} cannot be dropped: stardeck did not make ${others.join(", ")}.`,
              `Move or drop ${others.length === 1 ? "it" : "them"} first, or keep the model.`,
          );
}

async function dropModelOrExplain({ database, selectSchema }: Run, model: ModelFile): Promise<FileProblem | null> {
    const select = selectRelationOf(model, selectSchema);
    const place = `${model.schema}.${model.name}`;
    const statements = [
        `drop view if exists ${quoteQualified(select.schema, select.name)}`,
        ...(model.materialisation === "table"
            ? [`drop table if exists ${quoteQualified(model.schema, model.name)}`]
            : []),
    ];
    await database.query("savepoint dropping");
    try {
        await database.query(statements.join(";\n"));
        await database.query("release savepoint dropping");
        return null;
    } catch (error) {
        if (!isRefusedStatement(error)) {
            throw error;
        }
        await database.query("rollback to savepoint dropping");
        const { message, hint } = describeStatementError(error);
        return problemOf(model.selectPath, `${place} cannot be dropped: ${message}`, hint);
    }
}
