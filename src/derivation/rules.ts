/**
 * The rules that make a derived mapping right, each with a switch: the tests turn one off at a time and must then find a mapping
 * that misses an entity. Everybody else derives with `soundRules`.
 */
export interface Rules {
    /** One anchor for a block, from which all its members are ranked; not one for each changed member. */
    readonly oneAnchor: boolean;
    /** Where the entity stands on the side that an outer join fills with nulls, a change can add a row of nulls. */
    readonly rowOfNulls: boolean;
    /** An equality in the ON of an outer join does not stand in for a key. */
    readonly outerEqualityTellsNothing: boolean;
    /** A condition makes an outer join an inner one only if it refuses nulls. */
    readonly onlyStrictConditionsReduce: boolean;
    /** An expression does not move out of the side that an outer join fills with nulls. */
    readonly expressionsStayOnTheirSide: boolean;
    /** Only a GROUP BY's keys say which group a row belongs to. */
    readonly groupsByTheirKeys: boolean;
    /** A window's change reaches all rows of its partition. */
    readonly windowsReachTheirPartition: boolean;
    /** So does a DISTINCT ON's. */
    readonly distinctOnReachesItsKey: boolean;
    /** LIMIT lets any row move any other. */
    readonly limitIsWhole: boolean;
    /** A comparison with a subquery's rows that gives null counts like one that gives true. */
    readonly nullComparisonsCount: boolean;
    /** A subquery's comparison says nothing where its rows are grouped, limited or made distinct. */
    readonly onlyPlainSubqueriesCompare: boolean;
    /** All branches of a set operation. */
    readonly allBranches: boolean;
    /** All the columns that a SELECT uses tell changed rows apart. */
    readonly allUsedColumns: boolean;
    /** Values that are equal but not the same tell changed rows apart. */
    readonly sameNotEqual: boolean;
    /** Rows of a partner that join the same changed rows are told apart. */
    readonly partnersApart: boolean;
    /** Equal values stand in for one another only where equal means the same, and the types are the same. */
    readonly onlyIdenticalStandIn: boolean;
    /** The model's own table stands in only where its rows do not depend on the change. */
    readonly ownTableMustHoldTheRow: boolean;
    /** Each value that COALESCE or CASE can give. */
    readonly allAlternatives: boolean;
}

export const soundRules: Rules = {
    oneAnchor: true,
    rowOfNulls: true,
    outerEqualityTellsNothing: true,
    onlyStrictConditionsReduce: true,
    expressionsStayOnTheirSide: true,
    groupsByTheirKeys: true,
    windowsReachTheirPartition: true,
    distinctOnReachesItsKey: true,
    limitIsWhole: true,
    nullComparisonsCount: true,
    onlyPlainSubqueriesCompare: true,
    allBranches: true,
    allUsedColumns: true,
    sameNotEqual: true,
    partnersApart: true,
    onlyIdenticalStandIn: true,
    ownTableMustHoldTheRow: true,
    allAlternatives: true,
};
