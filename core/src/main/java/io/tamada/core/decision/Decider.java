package io.tamada.core.decision;

/// The decision: one observation in, one rule and its plan out. Pure; the same observation gives
/// the same decision.
public final class Decider {

    private Decider() {}

    public static Decision decide(Observation seen) {
        return RebuildTurn.settle(seen, decided(seen));
    }

    private static Decision decided(Observation seen) {
        return switch (Situation.of(seen)) {
            case Situation.ShuttingDown() -> ShutdownRules.decide(seen);
            case Situation.StoreSilent() -> StoreRules.decide(seen);
            case Situation.Paused paused -> MaintenanceRules.decide(seen, paused.view());
            case Situation.OperationUnderWay underWay ->
                    OperationRules.decide(seen, underWay.operation());
            case Situation.DirectoryUnusable unusable ->
                    BootstrapRules.unusable(seen, unusable.reason());
            case Situation.ForeignSystem foreign ->
                    BootstrapRules.foreign(seen, foreign.own(), foreign.cluster());
            case Situation.WithoutData without ->
                    BootstrapRules.withoutData(seen, without.view(), without.directory());
            case Situation.Leading leading -> LeaseHolderRules.decide(seen, leading);
            case Situation.LeaseOfFormerLife former ->
                    LeaseHolderRules.formerLife(seen, former.view());
            case Situation.Following following -> StandbyRules.decide(seen, following);
            case Situation.Leaderless leaderless -> LeaderlessRules.decide(seen, leaderless);
        };
    }
}
