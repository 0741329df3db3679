package io.tamada.rest.peer;

import io.tamada.rest.tls.PemFiles;
import io.tamada.rest.tls.TlsFileException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// How peers with an https URL are asked. Patroni's rule for agents: without a client certificate
/// of their own they do not verify the peer; with one they verify its chain against `cacert`, but
/// not the host name, because members are often addressed by IP.
///
/// @param authorityFile `ctl.cacert` or `restapi.cafile`; null means the JVM's own authorities.
/// @param certificateFile `ctl.certfile` or `restapi.certfile`; null means no verification.
public record PeerTls(
        @Nullable Path authorityFile,
        @Nullable Path certificateFile,
        @Nullable Path keyFile,
        @Nullable String keyFilePassword) {

    public static final PeerTls UNVERIFIED = new PeerTls(null, null, null, null);

    @Override
    public String toString() {
        return "PeerTls[authorityFile="
                + authorityFile
                + ", certificateFile="
                + certificateFile
                + "]";
    }

    SSLContext context() throws TlsFileException, GeneralSecurityException {
        KeyManager @Nullable [] identity =
                certificateFile == null
                        ? null
                        : PemFiles.identity(certificateFile, keyFile, keyFilePassword);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity, trust(), null);
        return context;
    }

    /// Accepts every certificate, where an operator asks for that.
    public static TrustManager[] anyPeer() {
        return new TrustManager[] {new AnyPeer()};
    }

    private TrustManager @Nullable [] trust() throws TlsFileException {
        if (certificateFile == null) {
            return anyPeer();
        }
        return authorityFile == null ? null : PemFiles.trust(authorityFile);
    }

    /// Accepts every certificate: the channel is encrypted, the peer is not authenticated.
    private static final class AnyPeer extends X509ExtendedTrustManager {

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
