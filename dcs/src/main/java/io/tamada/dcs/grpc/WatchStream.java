package io.tamada.dcs.grpc;

import io.etcd.jetcd.api.Event;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchProgressRequest;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.tamada.dcs.kv.Bytes;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One stream of changes from one endpoint, from its opening to its end.
final class WatchStream extends ClientCall.Listener<WatchResponse> {

    private final Bytes prefix;
    private final ChangeFilter filter;
    private final Runnable wake;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long lastHeardNanos = System.nanoTime();
    private volatile boolean confirmed;
    private volatile boolean closed;
    private volatile Attempt.Failure failure = Attempt.Failure.UNAVAILABLE;
    private volatile String reason = "it ended without a word";
    private @Nullable ClientCall<WatchRequest, WatchResponse> call;

    WatchStream(Bytes prefix, ChangeFilter filter, Runnable wake) {
        this.prefix = prefix;
        this.filter = filter;
        this.wake = wake;
    }

    void open(ManagedChannel channel, Metadata headers) {
        ClientCall<WatchRequest, WatchResponse> opened =
                channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        call = opened;
        opened.start(this, headers);
        opened.request(1);
        opened.sendMessage(
                WatchRequest.newBuilder()
                        .setCreateRequest(
                                WatchCreateRequest.newBuilder()
                                        .setKey(Wire.string(prefix))
                                        .setRangeEnd(Wire.endOf(prefix))
                                        .setPrevKv(true))
                        .build());
    }

    /// A stopped etcd keeps its connections but answers nothing; this is how it is found out.
    void askForProgress() {
        if (call != null) {
            call.sendMessage(
                    WatchRequest.newBuilder()
                            .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                            .build());
        }
    }

    boolean endsWithin(Duration duration) throws InterruptedException {
        return ended.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    }

    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - lastHeardNanos);
    }

    boolean wasConfirmed() {
        return confirmed;
    }

    Attempt.Failure failure() {
        return failure;
    }

    String reason() {
        return reason;
    }

    void close() {
        closed = true;
        if (call != null) {
            call.cancel("the watch is closed", null);
        }
    }

    @Override
    public void onMessage(WatchResponse response) {
        lastHeardNanos = System.nanoTime();
        if (closed) {
            return;
        }
        if (response.getCanceled()) {
            end(
                    Attempt.Failure.REJECTED,
                    response.getCompactRevision() > 0
                            ? "compacted at " + response.getCompactRevision()
                            : "canceled by etcd: " + response.getCancelReason());
            return;
        }
        if (response.getCreated()) {
            confirmed = true;
            wake.run();
        }
        if (isWorthWaking(response)) {
            wake.run();
        }
        if (call != null) {
            call.request(1);
        }
    }

    private boolean isWorthWaking(WatchResponse response) {
        for (Event event : response.getEventsList()) {
            Bytes before = event.hasPrevKv() ? Wire.bytes(event.getPrevKv().getValue()) : null;
            Bytes after =
                    event.getType() == Event.EventType.DELETE
                            ? null
                            : Wire.bytes(event.getKv().getValue());
            if (filter.wakes(Wire.bytes(event.getKv().getKey()), before, after)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (status.isOk()) {
            end(Attempt.Failure.UNAVAILABLE, "it ended without a word");
        } else {
            end(Refusals.kindOf(status), Refusals.describe(status));
        }
    }

    private void end(Attempt.Failure how, String why) {
        if (ended.getCount() > 0) {
            failure = how;
            reason = why;
            ended.countDown();
        }
    }
}
