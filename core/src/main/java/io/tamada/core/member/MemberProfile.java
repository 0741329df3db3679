package io.tamada.core.member;

import org.jspecify.annotations.Nullable;

/// What this agent says of itself whatever its state: its name, its addresses and its tags.
///
/// @param identity id of this installation, kept beside the data directory.
/// @param version the Patroni version whose rules this agent speaks.
/// @param scheduledRestart when its server is to be restarted, and on what conditions, as JSON;
///     null for never.
/// @param proxyUrl of a connection pool in front of its server; null for none.
public record MemberProfile(
        MemberName name,
        String connUrl,
        String apiUrl,
        String identity,
        String version,
        MemberTags tags,
        @Nullable String scheduledRestart,
        @Nullable String proxyUrl) {

    /// Without a restart to come, or a pool.
    public MemberProfile(
            MemberName name,
            String connUrl,
            String apiUrl,
            String identity,
            String version,
            MemberTags tags) {
        this(name, connUrl, apiUrl, identity, version, tags, null, null);
    }

    public MemberProfile withScheduledRestart(@Nullable String json) {
        return new MemberProfile(name, connUrl, apiUrl, identity, version, tags, json, proxyUrl);
    }
}
