package io.tamada.rest.control;

import io.tamada.rest.RestSettings;
import io.tamada.rest.RestTls;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who may change something over the API: what is configured, in Patroni's order (address,
/// certificate, password). Where nothing is, this machine and the members themselves; Patroni lets
/// everybody.
public final class Admission {

    /// @param certified whether the client has shown a certificate that we trust.
    /// @param authorization the header; null when there is none.
    record Visitor(InetAddress address, boolean certified, @Nullable String authorization) {}

    sealed interface Verdict {

        record Admitted(Caller caller) implements Verdict {}

        record Refused(Reply reply) implements Verdict {}
    }

    private final Supplier<RestSettings> settings;
    private final Supplier<Collection<String>> memberUrls;
    private final MemberAddresses addresses = new MemberAddresses();

    /// @param memberUrls API URLs of the members that are known.
    Admission(Supplier<RestSettings> settings, Supplier<Collection<String>> memberUrls) {
        this.settings = settings;
        this.memberUrls = memberUrls;
    }

    Verdict judge(Visitor visitor) {
        RestSettings now = settings.get();
        RestSettings.Login login = now.login();
        RestTls tls = now.tls();
        boolean wantsCertificate = tls != null && tls.verifyClient() != RestTls.VerifyClient.NONE;
        boolean listed = !now.allowlist().isEmpty() || now.allowlistIncludesMembers();
        if (listed && !isListed(now, visitor.address())) {
            return new Verdict.Refused(Reply.sentence(403, "Access is denied"));
        }
        if (wantsCertificate && !visitor.certified()) {
            return new Verdict.Refused(Reply.sentence(403, "client certificate required"));
        }
        if (login != null) {
            String why = whyUnknown(login, visitor.authorization());
            if (why != null) {
                Reply refusal = Reply.sentence(401, why);
                refusal.headers().put("WWW-Authenticate", "Basic realm=\"Patroni\"");
                return new Verdict.Refused(refusal);
            }
        }
        if (login != null || wantsCertificate) {
            return new Verdict.Admitted(Caller.AUTHENTICATED);
        }
        if (!listed && !isNear(visitor.address())) {
            return new Verdict.Refused(
                    Reply.sentence(
                            403,
                            visitor.address().getHostAddress()
                                    + " may not change this cluster: without credentials only this"
                                    + " machine and the members may; configure"
                                    + " restapi.authentication, or restapi.allowlist"));
        }
        return new Verdict.Admitted(Caller.BY_ADDRESS);
    }

    private boolean isNear(InetAddress address) {
        return address.isLoopbackAddress() || addresses.include(memberUrls.get(), address);
    }

    private boolean isListed(RestSettings now, InetAddress address) {
        return Networks.include(now.allowlist(), address)
                || (now.allowlistIncludesMembers() && addresses.include(memberUrls.get(), address));
    }

    /// Null when the header shows the user and the password.
    public static @Nullable String whyUnknown(
            RestSettings.Login login, @Nullable String authorization) {
        if (authorization == null) {
            return "no auth header received";
        }
        byte[] wanted = login.encoded().getBytes(StandardCharsets.US_ASCII);
        boolean known =
                authorization.regionMatches(true, 0, "Basic ", 0, 6)
                        && MessageDigest.isEqual(
                                wanted,
                                authorization
                                        .substring(6)
                                        .strip()
                                        .getBytes(StandardCharsets.UTF_8));
        return known ? null : "not authenticated";
    }
}
