package io.tamada.rest.peer;

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

/// Puts one question to several members, all at once, and waits for the last answer or the
/// deadline.
///
/// Each request has a platform thread for its short life: looking up a host name is a native call
/// that no deadline reaches, so it must neither hold a carrier of virtual threads nor keep the
/// caller waiting. Such a thread may outlive the call; how many may is bounded.
final class PeerRound {

    private static final Logger LOG = LoggerFactory.getLogger(PeerRound.class);

    /// Requests under way, abandoned ones included.
    private static final int REQUEST_LIMIT = 64;

    private static final String LATE = "no answer in time";

    /// @param url API URL of the member.
    record Target(String name, String url) {}

    /// What an answer, or that there is none, means to the caller.
    interface Reading<T> {
        T answered(String name, PeerRequest.Answer answer) throws IOException;

        T missing(String name, String reason);
    }

    private final PeerTls tls;
    private final Semaphore free = new Semaphore(REQUEST_LIMIT);

    PeerRound(PeerTls tls) {
        this.tls = tls;
    }

    /// One result for each target, in the same order.
    <T> List<T> ask(
            List<Target> targets,
            PeerRequest.Question question,
            Duration timeout,
            Reading<T> reading) {
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        SSLContext context = anyHttps(targets) ? tlsContext() : null;
        AtomicReferenceArray<@Nullable T> results = new AtomicReferenceArray<>(targets.size());
        CountDownLatch unanswered = new CountDownLatch(targets.size());
        List<PeerRequest> requests = new ArrayList<>(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            PeerRequest request = new PeerRequest(target.url(), question, context, deadlineNanos);
            requests.add(request);
            int slot = i;
            if (!free.tryAcquire()) {
                results.set(
                        slot, reading.missing(target.name(), "too many requests are under way"));
                unanswered.countDown();
                continue;
            }
            Thread.ofPlatform()
                    .daemon()
                    .name("ask-" + target.name())
                    .start(
                            () -> {
                                try {
                                    results.set(slot, result(target.name(), request, reading));
                                } finally {
                                    free.release();
                                    unanswered.countDown();
                                }
                            });
        }
        await(unanswered, deadlineNanos);
        List<T> all = new ArrayList<>(targets.size());
        for (int i = 0; i < targets.size(); i++) {
            T result = results.get(i);
            requests.get(i).abort();
            all.add(result == null ? reading.missing(targets.get(i).name(), LATE) : result);
        }
        return all;
    }

    private static <T> T result(String name, PeerRequest request, Reading<T> reading) {
        try {
            return reading.answered(name, request.answer());
        } catch (IOException | RuntimeException failure) {
            String reason = failure.getMessage();
            return reading.missing(
                    name, reason == null ? failure.getClass().getSimpleName() : reason);
        }
    }

    private static boolean anyHttps(List<Target> targets) {
        for (Target target : targets) {
            if (target.url().startsWith("https://")) {
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
