package io.tamada.rest.peer;

import io.tamada.core.failover.PeerReport;
import io.tamada.core.member.Member;
import io.tamada.core.member.MemberName;
import io.tamada.core.port.PeerProbe;
import io.tamada.rest.tls.TlsFileException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks peers over their REST API, all at once, and waits for the last answer or the deadline.
///
/// Each request has a platform thread for its short life: looking up a host name is a native call
/// that no deadline reaches, so it must neither hold a carrier of virtual threads nor keep the
/// caller waiting. Such a thread may outlive the call; how many may is bounded.
public final class HttpPeerProbe implements PeerProbe {

    private static final Logger LOG = LoggerFactory.getLogger(HttpPeerProbe.class);

    /// Requests under way, abandoned ones included.
    private static final int REQUEST_LIMIT = 64;

    private static final String LATE = "no answer in time";

    private final PeerTls tls;
    private final Semaphore free = new Semaphore(REQUEST_LIMIT);

    public HttpPeerProbe(PeerTls tls) {
        this.tls = tls;
    }

    @Override
    public List<PeerReport> ask(List<Member> members, Duration timeout) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        SSLContext context = anyHttps(members) ? tlsContext() : null;
        AtomicReferenceArray<@Nullable PeerReport> reports =
                new AtomicReferenceArray<>(members.size());
        CountDownLatch unanswered = new CountDownLatch(members.size());
        List<PeerRequest> requests = new ArrayList<>(members.size());
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            PeerRequest request = new PeerRequest(member.apiUrl(), context, deadlineNanos);
            requests.add(request);
            int slot = i;
            if (!free.tryAcquire()) {
                reports.set(slot, unreachable(member.name(), "too many requests are under way"));
                unanswered.countDown();
                continue;
            }
            Thread.ofPlatform()
                    .daemon()
                    .name("ask-" + member.name())
                    .start(
                            () -> {
                                try {
                                    reports.set(slot, report(member.name(), request));
                                } finally {
                                    free.release();
                                    unanswered.countDown();
                                }
                            });
        }
        await(unanswered, deadlineNanos);
        List<PeerReport> result = new ArrayList<>(members.size());
        for (int i = 0; i < members.size(); i++) {
            PeerReport report = reports.get(i);
            requests.get(i).abort();
            result.add(report == null ? unreachable(members.get(i).name(), LATE) : report);
        }
        return result;
    }

    private static PeerReport report(MemberName name, PeerRequest request) {
        try {
            return PeerDocument.report(name, request.body());
        } catch (IOException | RuntimeException failure) {
            String reason = failure.getMessage();
            return unreachable(name, reason == null ? failure.getClass().getSimpleName() : reason);
        }
    }

    private static PeerReport unreachable(MemberName name, String reason) {
        return new PeerReport.Unreachable(name, reason);
    }

    private static boolean anyHttps(List<Member> members) {
        for (Member member : members) {
            if (member.apiUrl().startsWith("https://")) {
                return true;
            }
        }
        return false;
    }

    /// Made anew each time, so that renewed certificates are seen. Null when the files cannot be
    /// used; members with plain URLs are asked all the same.
    private @Nullable SSLContext tlsContext() {
        try {
            return tls.context();
        } catch (TlsFileException | GeneralSecurityException unusable) {
            LOG.warn("peers cannot be asked over TLS: {}", unusable.getMessage());
            return null;
        }
    }

    private static void await(CountDownLatch unanswered, long deadlineNanos) {
        try {
            boolean _ = unanswered.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            // The caller is being ended: report what there is, and let it see the interrupt.
            Thread.currentThread().interrupt();
        }
    }
}
