import type { Connection } from "../connection.js";
import { listBodyMentions } from "./function-bodies.js";
import {
    findHarmfulSetting,
    isConstructor,
    harmlessWrappers,
    isHarmlessName,
    isHarmlessOfExtension,
    isHarmlessOverload,
    isHarmlessSignature,
} from "./known-functions.js";
import {
    loadAllObjects,
    loadObjects,
    loadUnnamedObjects,
    type FunctionObject,
    type LoadedObjects,
    type Lookup,
    type OperatorObject,
    type DetailedKind,
    type DetailObject,
    type IdKind,
    type Reference,
    type RelationObject,
    type TypeObject,
    type UnnamedObjects,
} from "./load-objects.js";
import type { Mention, MentionKind } from "./mentions.js";
import { RefusedStatementError, tooDeep, UnreadableSqlError } from "./parser.js";

/** The reason to refuse a statement: an object that it can reach and that may do more than read. */
export interface Unknown {
    /** `pg_advisory_lock() may do more than read` */
    readonly message: string;
    /** The objects that lead there, beginning with the one that the statement names. */
    readonly path: readonly string[];
    /** Where the statement names the first of them, in bytes from 0; null when it names none. */
    readonly byte: number | null;
}

/** How an object is reached: from which other one, and from which place in the statement. */
interface Origin {
    readonly title: string | null;
    readonly from: Origin | null;
    readonly byte: number | null;
}

const firstMadeId = 16_384;

/**
 * Follows the names to all objects that they lead to, through the bodies of functions and the definitions of views, policies,
 * types, operators, casts and indexes. Returns the first that is not known to be harmless; null if there is none.
 */
export async function findUnknownOrNull(connection: Connection, mentions: readonly Mention[]): Promise<Unknown | null> {
    // ASCII names are the same in every encoding, so the encoding need not be known before the first lookup: one query is enough.
    const isPlain = mentions.every(({ name }) => isAscii(name));
    const search = new Search();
    try {
        if (!isPlain) {
            search.addUnnamed(await loadUnnamedObjects(connection));
        }
        search.addMentions(mentions, null);
        const first = isPlain ? search.nextLookup() : null;
        if (first !== null) {
            const { unnamed, ...objects } = await loadAllObjects(
                connection,
                first,
                first.names.function.filter(isHarmlessName),
            );
            search.addUnnamed(unnamed);
            search.addObjects(objects);
        } else if (isPlain) {
            search.addUnnamed(await loadUnnamedObjects(connection));
        }
        for (let lookup = search.nextLookup(); lookup !== null; lookup = search.nextLookup()) {
            const known = lookup.names.function.filter(isHarmlessName);
            search.addObjects(await loadObjects(connection, lookup, known));
        }
        return null;
    } catch (error) {
        if (error instanceof FoundUnknown) {
            return error.unknown;
        }
        if (error instanceof RangeError) {
            throw new UnreadableSqlError(tooDeep);
        }
        throw error;
    }
}

function isAscii(name: string): boolean {
    return Buffer.byteLength(name) === name.length;
}

/** Thrown to end the search. */
class FoundUnknown extends Error {
    constructor(readonly unknown: Unknown) {
        super(unknown.message);
    }
}

function stop(origin: Origin, message: string): never {
    const path: string[] = [];
    let root = origin;
    for (let step: Origin | null = origin.from; step !== null; step = step.from) {
        path.unshift(...(step.title === null ? [] : [step.title]));
        root = step;
    }
    throw new FoundUnknown({ message, path, byte: root.byte });
}

interface NamedMention extends Mention {
    readonly from: Origin | null;
}

/** A function that is judged only if one of these types is reached, or if something else leads to the function. */
interface Suspect {
    readonly id: number;
    readonly typeIds: readonly number[];
    readonly judge: () => void;
}

class Search {
    /** Mentions by `<kind> <name>`. */
    private readonly mentions = new Map<string, NamedMention[]>();
    private readonly origins = new Map<string, Origin>();
    /** Functions that convert or compare the values of a type. */
    private readonly ofTypes = new Set<number>();
    /** Functions that objects lead to, whatever types are reached. */
    private readonly led = new Set<number>();
    /** For the function of an operator that PostgreSQL chooses by its operands only: the operands' types. */
    private readonly operands = new Map<number, readonly number[]>();
    private readonly entered = new Set<string>();
    private readonly types = new Map<number, TypeObject>();
    private readonly reachedTypes = new Map<number, Origin>();
    /** Types to which PostgreSQL implicitly converts values of its own types, as arguments of functions and operators. */
    private readonly convertedTypes = new Set<number>();
    private suspects: readonly Suspect[] = [];
    private newNames = new Map<MentionKind, Set<string>>();
    private newIds = new Map<IdKind, Set<number>>();
    private newDetails = new Map<DetailedKind, Set<number>>();
    private newForeignIds: number[] = [];
    /** How each object is reached whose references were asked for. */
    private readonly detailOrigins = new Map<string, Origin>();

    /** Set before anything is judged. */
    private unnamed: UnnamedObjects = { casts: [], operatorClasses: [], encoding: "" };

    addMentions(mentions: readonly Mention[], from: Origin | null): void {
        for (const mention of mentions) {
            for (const name of this.readings(mention.name)) {
                const key = `${mention.kind} ${name}`;
                const same = this.mentions.get(key) ?? [];
                // One way to reach a name is enough.
                if (same.some(({ schema, arity }) => schema === mention.schema && arity === mention.arity)) {
                    continue;
                }
                same.push({ ...mention, from });
                this.mentions.set(key, same);
                const names = this.newNames.get(mention.kind) ?? new Set();
                this.newNames.set(mention.kind, names.add(name));
            }
        }
    }

    /** The names that PostgreSQL may read: it lower-cases and truncates names by the rules of the database's encoding. */
    private readings(name: string): readonly string[] {
        if (this.unnamed.encoding === "UTF8" || isAscii(name)) {
            return [name];
        }
        if (Buffer.byteLength(name) >= 60) {
            throw new UnreadableSqlError(
                `a name as long as "${name}" cannot be judged in a database whose encoding is ${this.unnamed.encoding}`,
            );
        }
        return [...new Set([name, name.toLowerCase()])];
    }

    /** Adds casts and operator classes, which act without being named. */
    addUnnamed(unnamed: UnnamedObjects): void {
        this.unnamed = unnamed;
        for (const { sourceId, targetId, context, reference } of this.unnamed.casts) {
            if (sourceId < firstMadeId && (targetId < firstMadeId || context === "i")) {
                this.addReference(reference, { title: "a cast between types", from: null, byte: null });
                // Such a value only occurs as an argument of a function, which leads to everything that acts on the type.
                this.convertedTypes.add(targetId);
            }
        }
    }

    /** What to look up next; null when the search is complete. */
    nextLookup(): Lookup | null {
        const names = (kind: MentionKind): readonly string[] => [...(this.newNames.get(kind) ?? [])];
        if (this.isDone()) {
            this.judgeSuspects();
        }
        if (this.isDone()) {
            return null;
        }
        const lookup = {
            names: {
                function: names("function"),
                relation: names("relation"),
                type: names("type"),
                operator: names("operator"),
            },
            ids: listIds(this.newIds),
            detailed: listIds(this.newDetails),
            foreignIds: this.newForeignIds,
        };
        this.newNames = new Map();
        this.newIds = new Map();
        this.newDetails = new Map();
        this.newForeignIds = [];
        return lookup;
    }

    private isDone(): boolean {
        return (
            this.newNames.size === 0 &&
            this.newIds.size === 0 &&
            this.newDetails.size === 0 &&
            this.newForeignIds.length === 0
        );
    }

    addObjects({ functions, relations, types, operators, details, wrappers }: LoadedObjects): void {
        for (const type of types) {
            this.types.set(type.id, type);
            for (const { from, byte } of this.matching("type", type, null)) {
                this.reachType(type.id, { title: null, from, byte });
            }
            this.enterType(type);
        }
        for (const relation of relations) {
            this.enter(
                "relation",
                relation.id,
                this.originOf(
                    "relation",
                    titleOf(kindsOfRelations[relation.kind] ?? "table", relation),
                    relation,
                    null,
                ),
                (origin) => {
                    this.judgeRelation(relation, origin);
                },
            );
        }
        for (const operator of operators) {
            this.enter(
                "operator",
                operator.id,
                this.originOf("operator", titleOf("operator", operator), operator, operator),
                (origin) => {
                    this.judgeOperator(operator, origin);
                },
            );
        }
        for (const each of functions) {
            const isTrusted = this.isOnlyOfTypes(each) && each.extension !== null;
            const kind = isTrusted ? "type's function" : "function";
            this.enter(
                kind,
                each.id,
                this.originOf("function", `${titleOf("function", each)}()`, each, each),
                (origin) => {
                    this.judgeFunction(each, origin, isTrusted);
                },
            );
        }
        for (const { relationId, handler, runsProgram } of wrappers) {
            const origin = this.detailOrigins.get(`relation ${relationId}`);
            if (origin !== undefined && (runsProgram || !harmlessWrappers.has(handler ?? ""))) {
                const does = runsProgram
                    ? "starts a program"
                    : `is read by ${handler ?? "nothing"}, which may do more than read`;
                stop(origin, `${origin.title ?? "a foreign table"} ${does}`);
            }
        }
        // Types of extensions first: the references contain their operator families, which are then not asked for again.
        const isBrought = ({ reference }: DetailObject): boolean => reference.startsWith("e");
        for (const { kind, id, reference } of [
            ...details.filter(isBrought),
            ...details.filter((each) => !isBrought(each)),
        ]) {
            const origin = this.detailOrigins.get(`${kind} ${id}`);
            if (origin !== undefined) {
                this.addReference(reference, origin);
            }
        }
    }

    /** Judges the suspects that are reached by now, and looks up the types of the others. */
    private judgeSuspects(): void {
        const isReached = ({ id, typeIds }: Suspect): boolean =>
            this.led.has(id) ||
            typeIds.some(
                (typeId) =>
                    this.reachedTypes.has(typeId) ||
                    this.convertedTypes.has(typeId) ||
                    this.types.get(typeId)?.isLikeText === true,
            );
        const reached = this.suspects.filter(isReached);
        this.suspects = this.suspects.filter((each) => !reached.includes(each));
        for (const { judge } of reached) {
            judge();
        }
        for (const id of this.suspects.flatMap(({ typeIds }) => typeIds)) {
            if (!this.types.has(id) && !this.entered.has(`looked up ${id}`)) {
                this.entered.add(`looked up ${id}`);
                this.addId("type", id);
            }
        }
    }

    private isOnlyOfTypes(each: FunctionObject): boolean {
        const isNamed = this.matching("function", each, each).length > 0;
        return this.ofTypes.has(each.id) && !isNamed && !this.led.has(each.id) && !this.operands.has(each.id);
    }

    /** The mentions that may refer to this object. */
    private matching(
        kind: MentionKind,
        { schema, name }: { readonly schema: string; readonly name: string },
        taker: FunctionObject | OperatorObject | null,
    ): readonly NamedMention[] {
        return (this.mentions.get(`${kind} ${name}`) ?? []).filter(
            (each) =>
                (each.schema === null || each.schema === schema) &&
                (each.arity === null || taker === null || takes(taker, each.arity)),
        );
    }

    private originOf(
        kind: "function" | "relation" | "operator",
        title: string,
        object: { readonly id: number; readonly schema: string; readonly name: string },
        taker: FunctionObject | OperatorObject | null,
    ): Origin | undefined {
        const [mention] = this.matching(kind, object, taker);
        if (mention !== undefined) {
            return { title, from: mention.from, byte: mention.byte };
        }
        const origin = this.origins.get(`${kind} ${object.id}`);
        return origin === undefined ? undefined : { ...origin, title };
    }

    private enter(kind: string, id: number, origin: Origin | undefined, judge: (origin: Origin) => void): void {
        const key = `entered ${kind} ${id}`;
        if (origin !== undefined && !this.entered.has(key)) {
            this.entered.add(key);
            judge(origin);
        }
    }

    private judgeRelation({ id, kind, leadsOn, rowTypeIds }: RelationObject, origin: Origin): void {
        // The relation's references contain what its columns lead to.
        for (const typeId of rowTypeIds) {
            this.noteType(typeId, { title: null, from: origin, byte: origin.byte });
        }
        if (kind === "f") {
            this.newForeignIds.push(id);
        }
        if (leadsOn || kind === "f") {
            this.addDetails("relation", id, origin);
        }
    }

    private judgeOperator(operator: OperatorObject, origin: Origin): void {
        const { functionReference, operandTypeIds, resultTypeId, hasBuiltInTwin } = operator;
        const typeIds = operandTypeIds.filter((typeId) => typeId !== 0);
        const isNamed = this.matching("operator", operator, operator).length > 0;
        // Among operators of this name, PostgreSQL chooses this one only for values of its own types, and those are judged if reached.
        const isChosenByTypes = isNamed && hasBuiltInTwin && typeIds.every((typeId) => typeId >= firstMadeId);
        const isKnown = functionReference.startsWith("x") && isHarmlessReference(functionReference);
        if (!isChosenByTypes) {
            this.addReference(functionReference, origin);
        } else if (functionReference.startsWith("b")) {
            this.addReference(functionReference, origin);
        } else if (!isKnown) {
            const functionId = Number.parseInt(functionReference.slice(1), 10);
            this.operands.set(functionId, typeIds);
            this.addOrigin("function", functionId, { title: null, from: origin, byte: origin.byte });
        }
        if (!isChosenByTypes || !isKnown) {
            for (const reference of operator.furtherReferences) {
                this.addReference(reference, origin);
            }
        }
        if (!typeIds.includes(resultTypeId)) {
            this.reachType(resultTypeId, { title: null, from: origin, byte: origin.byte });
        }
    }

    private judgeFunction(each: FunctionObject, origin: Origin, isTrusted: boolean): void {
        const { id, schema, name, signature, language, kind, typeIds } = each;
        const { hasBuiltInTwin, isVariadic, argumentTypeIds } = each;
        if (id < firstMadeId) {
            if (!isHarmlessOverload(signature)) {
                stop(origin, `${name}() may do more than read`);
            }
            return;
        }
        const judge = (): void => {
            const shown = `${schema}.${name}()`;
            if (kind === "a") {
                this.addDetails("function", id, origin);
            } else if (language !== "c" && language !== "internal") {
                this.followBody(each, origin, shown);
                this.addDetails("function", id, origin);
            } else if (!isTrusted && !isHarmlessOfExtension(each) && !isConstructor(each)) {
                stop(origin, `${shown} may do more than read`);
            }
            for (const typeId of typeIds) {
                this.reachType(typeId, { title: null, from: origin, byte: origin.byte });
            }
        };
        const operands = this.operands.get(id);
        const chosenBy = operands ?? argumentTypeIds;
        // PostgreSQL's own function is chosen over this overload unless the statement has values of the overload's types.
        const isChosenByTypes =
            (hasBuiltInTwin || operands !== undefined) &&
            !this.led.has(id) &&
            !this.ofTypes.has(id) &&
            !isVariadic &&
            chosenBy.length > 0 &&
            chosenBy.every((typeId) => typeId >= firstMadeId);
        if (isChosenByTypes) {
            this.suspects = [...this.suspects, { id, typeIds: chosenBy, judge }];
        } else {
            judge();
        }
    }

    private followBody(each: FunctionObject, origin: Origin, shown: string): void {
        const { language, source, settings } = each;
        if (language !== "sql" && language !== "plpgsql") {
            stop(origin, `${shown} is written in ${language}, which cannot be judged`);
        }
        const setting = findHarmfulSetting(settings);
        if (setting !== undefined) {
            stop(origin, `${shown} changes the setting ${setting}`);
        }
        if (source === null) {
            return;
        }
        try {
            this.addMentions(listBodyMentions({ ...each, source }), origin);
        } catch (error) {
            if (error instanceof UnreadableSqlError) {
                const isRefused = error instanceof RefusedStatementError;
                const does = isRefused ? `runs ${error.statementTitle}` : `cannot be judged: ${error.message}`;
                stop(origin, `${shown} ${does}`);
            }
            throw error;
        }
    }

    private reachType(id: number, origin: Origin): void {
        this.noteType(id, origin);
        const type = this.types.get(id);
        if (type !== undefined) {
            this.enterType(type);
        } else if (id >= firstMadeId && !this.entered.has(`reached ${id}`)) {
            this.entered.add(`reached ${id}`);
            this.addId("type", id);
            // Its references are asked for at the same time, to save a query.
            this.addDetails("type", id, origin);
        }
    }

    /**
     * Adds what acts on values of the type without being named: casts, and the functions that sort and compare.
     *
     * @param isBrought true for an extension's type, whose references contain the functions that sort and compare
     */
    private noteType(id: number, origin: Origin, isBrought = false): void {
        if (id < firstMadeId || this.reachedTypes.has(id)) {
            return;
        }
        this.reachedTypes.set(id, origin);
        for (const { sourceId, targetId, context, reference } of this.unnamed.casts) {
            if (sourceId === id || targetId === id) {
                this.addReference(reference, origin);
            }
            if (sourceId === id && context === "i") {
                this.reachType(targetId, origin);
            }
        }
        for (const { typeId, familyId } of isBrought ? [] : this.unnamed.operatorClasses) {
            if (typeId === id) {
                this.addReference(`y${familyId}`, origin);
            }
        }
    }

    private enterType({ id, schema, name, arrayTypeId, isOfExtension }: TypeObject): void {
        const origin = this.reachedTypes.get(id);
        if (origin !== undefined) {
            this.enter("type", id, origin, () => {
                this.noteType(arrayTypeId, origin);
                const titled: Origin = { ...origin, title: `type ${schema}.${name}` };
                if (this.detailOrigins.has(`type ${id}`)) {
                    this.detailOrigins.set(`type ${id}`, titled);
                } else if (!isOfExtension) {
                    this.addDetails("type", id, titled);
                }
            });
        }
    }

    /** Asks for the references of an object. */
    private addDetails(kind: DetailedKind, id: number, origin: Origin): void {
        this.detailOrigins.set(`${kind} ${id}`, origin);
        const ids = this.newDetails.get(kind) ?? new Set();
        this.newDetails.set(kind, ids.add(id));
    }

    private addReference(reference: Reference | null, from: Origin): void {
        if (reference === null) {
            return;
        }
        const origin: Origin = { title: null, from, byte: from.byte };
        const id = Number.parseInt(reference.slice(1), 10);
        switch (reference.charAt(0)) {
            case "b":
                if (!isHarmlessSignature(reference.slice(1))) {
                    stop(origin, `${reference.slice(1, reference.indexOf("("))}() may do more than read`);
                }
                return;
            case "s":
                this.ofTypes.add(id);
                this.addOrigin("function", id, origin);
                return;
            case "x":
                if (isHarmlessReference(reference)) {
                    return;
                }
                this.addReference(`f${id}`, from);
                return;
            case "f":
                if (!this.led.has(id)) {
                    this.led.add(id);
                    this.addOrigin("function", id, origin);
                    // An earlier lookup may have been for a type's function only.
                    this.addId("function", id);
                }
                return;
            case "r":
                if (!this.entered.has(`entered relation ${id}`)) {
                    this.addOrigin("relation", id, origin);
                }
                return;
            case "t":
                this.reachType(id, origin);
                return;
            case "e": {
                const [, arrayTypeId = ""] = reference.split(" ");
                for (const typeId of [id, Number.parseInt(arrayTypeId, 10)]) {
                    this.noteType(typeId, origin, true);
                    for (const each of this.unnamed.operatorClasses) {
                        if (each.typeId === typeId) {
                            this.detailOrigins.set(`family ${each.familyId}`, origin);
                        }
                    }
                }
                return;
            }
            case "o":
                this.addOrigin("operator", id, origin);
                return;
            case "c": {
                const found = this.unnamed.operatorClasses.find((each) => each.id === id);
                if (found !== undefined) {
                    this.addReference(`y${found.familyId}`, from);
                }
                return;
            }
            case "y":
                if (id >= firstMadeId && !this.detailOrigins.has(`family ${id}`)) {
                    this.addDetails("family", id, origin);
                }
                return;
            default:
                throw new Error(`the reference ${reference} is of no known kind`);
        }
    }

    private addOrigin(kind: IdKind, id: number, origin: Origin): void {
        const key = `${kind} ${id}`;
        if (!this.origins.has(key)) {
            this.origins.set(key, origin);
            this.addId(kind, id);
        }
    }

    private addId(kind: IdKind, id: number): void {
        const ids = this.newIds.get(kind) ?? new Set();
        this.newIds.set(kind, ids.add(id));
    }
}

function listIds<Kind extends string>(
    ids: ReadonlyMap<Kind, ReadonlySet<number>>,
): Readonly<Partial<Record<Kind, readonly number[]>>> {
    return Object.fromEntries([...ids].map(([kind, some]) => [kind, [...some]])) as Partial<Record<Kind, number[]>>;
}

function isHarmlessReference(reference: Reference): boolean {
    const [, extension = "", name = ""] = reference.split(" ");
    return isHarmlessOfExtension({ extension, name, signature: "" });
}

function takes(taker: FunctionObject | OperatorObject, arity: number): boolean {
    if ("arity" in taker) {
        return taker.arity === arity;
    }
    const { argumentCount, defaultCount, isVariadic } = taker;
    // A variadic argument takes no value, one or many.
    const least = argumentCount - defaultCount - (isVariadic ? 1 : 0);
    return arity >= least && (isVariadic || arity <= argumentCount);
}

const kindsOfRelations: Readonly<Record<string, string>> = { v: "view", m: "materialised view", f: "foreign table" };

function titleOf(kind: string, { schema, name }: { readonly schema: string; readonly name: string }): string {
    return `${kind} ${schema}.${name}`;
}
