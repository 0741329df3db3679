package io.tamada.rest.document;

import io.tamada.core.member.MemberName;
import io.tamada.core.member.MemberTags;

/// What every document says of the member it comes from, whatever its state.
///
/// @param productVersion Tamada's own version.
/// @param patroniVersion the Patroni version whose API and rules are spoken.
public record DocumentHeader(
        String scope,
        MemberName member,
        MemberTags tags,
        String productVersion,
        String patroniVersion) {

    public DocumentHeader withTags(MemberTags others) {
        return new DocumentHeader(scope, member, others, productVersion, patroniVersion);
    }
}
