package io.tamada.dcs.grpc;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ClientStreamTracer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One call on one endpoint, and how it ended.
sealed interface Attempt<R> {

    record Answered<R>(R response) implements Attempt<R> {}

    record Failed<R>(Failure failure, Reach reach, String reason) implements Attempt<R> {}

    enum Failure {
        TIMED_OUT,
        UNAVAILABLE,
        /// The endpoint knows no leader; it refuses before it does anything.
        NO_LEADER,
        LEASE_NOT_FOUND,
        TOKEN_REFUSED,
        REJECTED
    }

    /// Whether the request can have had an effect.
    enum Reach {
        /// It never left, or the server said that it did not act on it.
        NO_EFFECT,
        MAYBE_APPLIED
    }

    /// Calls and waits. The keepalive of a lease, a stream by its definition, is called in the
    /// same way: one request, the end of ours, one answer.
    static <Q, R> Attempt<R> call(
            ManagedChannel channel,
            MethodDescriptor<Q, R> method,
            Q request,
            Metadata headers,
            Duration timeout) {
        StreamWatcher watcher = new StreamWatcher();
        CallOptions options =
                CallOptions.DEFAULT
                        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
                        .withStreamTracerFactory(watcher);
        ClientCall<Q, R> call =
                ClientInterceptors.intercept(
                                channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(method, options);
        Future<R> answer = ClientCalls.futureUnaryCall(call, request);
        try {
            return new Answered<>(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException _) {
            answer.cancel(true);
            return timedOut(watcher, timeout);
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Failed<>(Failure.TIMED_OUT, watcher.reach(), "interrupted");
        } catch (ExecutionException failed) {
            Status status = Status.fromThrowable(failed);
            return status.getCode() == Status.Code.DEADLINE_EXCEEDED
                    ? timedOut(watcher, timeout)
                    : classify(status, watcher);
        }
    }

    private static <R> Attempt<R> timedOut(StreamWatcher watcher, Duration timeout) {
        return new Failed<>(
                Failure.TIMED_OUT,
                watcher.reach(),
                "no answer within " + timeout.toMillis() + " ms");
    }

    private static <R> Attempt<R> classify(Status status, StreamWatcher watcher) {
        Failure failure = Refusals.kindOf(status);
        Reach reach = failure == Failure.UNAVAILABLE ? watcher.reach() : Reach.NO_EFFECT;
        return new Failed<>(failure, reach, Refusals.describe(status));
    }

    /// Sees whether the call was given to a connection. A call that was not is certain to have
    /// had no effect; one that was may have reached etcd whatever is said afterwards.
    final class StreamWatcher extends ClientStreamTracer.Factory {

        private volatile boolean started;

        @Override
        public ClientStreamTracer newClientStreamTracer(
                ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes transportAttrs, Metadata sent) {
                    started = true;
                }
            };
        }

        Reach reach() {
            return started ? Reach.MAYBE_APPLIED : Reach.NO_EFFECT;
        }
    }
}
