package io.tamada.core.cluster;

import io.tamada.core.member.MemberName;

/// The leader key as it was read. `createRevision` is the epoch: a key that was deleted and won
/// again has another one, whoever won it.
public record LeaderKey(MemberName name, long createRevision, long modRevision, long leaseId) {}
