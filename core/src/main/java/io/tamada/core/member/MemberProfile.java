package io.tamada.core.member;

/// What this agent says of itself whatever its state: its name, its addresses and its tags.
///
/// @param identity id of this installation, kept beside the data directory.
/// @param version the Patroni version whose rules this agent speaks.
public record MemberProfile(
        MemberName name,
        String connUrl,
        String apiUrl,
        String identity,
        String version,
        MemberTags tags) {}
