/**
 * The rules that make a derived mapping right, each with a switch: the tests turn off one at a time and must then find a mapping
 * that misses an entity. All other code uses `soundRules`.
 */
export interface Rules {
    /** A block has one anchor from which all its members are ranked, not one for each changed member. */
    readonly oneAnchor: boolean;
    /** If the entity comes from the side that an outer join fills with nulls, a change can add a row of nulls. */
    readonly rowOfNulls: boolean;
    /** An equality in the ON of an outer join does not make one column a substitute for the other. */
    readonly outerEqualityTellsNothing: boolean;
    /** A condition makes an outer join an inner one only if it refuses nulls. */
    readonly onlyStrictConditionsReduce: boolean;
    /** An expression does not move out of the side that an outer join fills with nulls. */
    readonly expressionsStayOnTheirSide: boolean;
    /** Only the keys of GROUP BY determine which group a row belongs to. */
    readonly groupsByTheirKeys: boolean;
    /** A change affects all rows of its window partition. */
    readonly windowsReachTheirPartition: boolean;
    /** A change affects all rows with the same DISTINCT ON key. */
    readonly distinctOnReachesItsKey: boolean;
    /** With LIMIT, any row can displace any other. */
    readonly limitIsWhole: boolean;
    /** A comparison with a subquery's rows that gives null counts like one that gives true. */
    readonly nullComparisonsCount: boolean;
    /** A comparison with a subquery is not used if the subquery groups, limits or deduplicates its rows. */
    readonly onlyPlainSubqueriesCompare: boolean;
    /** All branches of a set operation are traced. */
    readonly allBranches: boolean;
    /** Old and new rows are compared in all columns that the SELECT uses. */
    readonly allUsedColumns: boolean;
    /** Values that are equal but not identical count as a change. */
    readonly sameNotEqual: boolean;
    /** Changes are compared separately for each partner row that they join. */
    readonly partnersApart: boolean;
    /** Equal values replace one another only if equal means identical and the types are the same. */
    readonly onlyIdenticalStandIn: boolean;
    /** The model's own table is used in place of a side only if its rows do not depend on the change. */
    readonly ownTableMustHoldTheRow: boolean;
    /** Each value that COALESCE or CASE can give is traced. */
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
