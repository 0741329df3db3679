package io.tamada.core.member;

/// Where a member stands on its way back, as it tells the others.
///
/// @param attempt of this rung, from 1.
/// @param reason why it is there; empty when there is nothing to say.
public record RejoinNote(RejoinRung rung, int attempt, String reason) {}
