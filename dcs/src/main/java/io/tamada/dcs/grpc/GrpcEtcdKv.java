package io.tamada.dcs.grpc;

import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrantResponse;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.LeaseKeepAliveRequest;
import io.etcd.jetcd.api.LeaseKeepAliveResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.MethodDescriptor;
import io.tamada.dcs.kv.EtcdKv;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.KvReply;
import io.tamada.dcs.kv.Txn;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// etcd's primitives over gRPC.
///
/// A call goes to the endpoint that answered last. If that one is silent or refuses, the others
/// are asked within the same timeout, as long as a second request can do no harm.
final class GrpcEtcdKv implements EtcdKv {

    private final Endpoints endpoints;
    private final Credentials credentials;

    GrpcEtcdKv(Endpoints endpoints, Credentials credentials) {
        this.endpoints = endpoints;
        this.credentials = credentials;
    }

    /// Whether a request that may have been applied can be sent again.
    private enum Repetition {
        HARMLESS,
        FORBIDDEN
    }

    private record Call<Q, R, A>(
            MethodDescriptor<Q, R> method,
            Q request,
            Function<R, A> answer,
            Function<A, Header> header,
            Repetition repetition) {}

    @Override
    public KvReply<RangeAnswer> range(KeyRange range, Duration timeout) {
        return ask(
                new Call<RangeRequest, RangeResponse, RangeAnswer>(
                        KVGrpc.getRangeMethod(),
                        Wire.range(range),
                        r ->
                                new RangeAnswer(
                                        Wire.header(r.getHeader()), Wire.keyValues(r.getKvsList())),
                        RangeAnswer::header,
                        Repetition.HARMLESS),
                timeout);
    }

    @Override
    public KvReply<TxnAnswer> txn(Txn txn, Duration timeout) {
        return ask(
                new Call<TxnRequest, TxnResponse, TxnAnswer>(
                        KVGrpc.getTxnMethod(),
                        Wire.txn(txn),
                        r ->
                                new TxnAnswer(
                                        Wire.header(r.getHeader()),
                                        r.getSucceeded(),
                                        Wire.responses(r)),
                        TxnAnswer::header,
                        Repetition.FORBIDDEN),
                timeout);
    }

    @Override
    public KvReply<GrantAnswer> leaseGrant(long ttlSeconds, Duration timeout) {
        return ask(
                new Call<LeaseGrantRequest, LeaseGrantResponse, GrantAnswer>(
                        LeaseGrpc.getLeaseGrantMethod(),
                        LeaseGrantRequest.newBuilder().setTTL(ttlSeconds).build(),
                        r -> new GrantAnswer(Wire.header(r.getHeader()), r.getID(), r.getTTL()),
                        GrantAnswer::header,
                        Repetition.HARMLESS),
                timeout);
    }

    @Override
    public KvReply<KeepAliveAnswer> leaseKeepAliveOnce(long leaseId, Duration timeout) {
        return ask(
                new Call<LeaseKeepAliveRequest, LeaseKeepAliveResponse, KeepAliveAnswer>(
                        LeaseGrpc.getLeaseKeepAliveMethod(),
                        LeaseKeepAliveRequest.newBuilder().setID(leaseId).build(),
                        r -> new KeepAliveAnswer(Wire.header(r.getHeader()), r.getTTL()),
                        KeepAliveAnswer::header,
                        Repetition.HARMLESS),
                timeout);
    }

    private <Q, R, A> KvReply<A> ask(Call<Q, R, A> call, Duration timeout) {
        Tour tour = new Tour(endpoints, timeout);
        for (Endpoint endpoint = tour.next(); endpoint != null; endpoint = tour.next()) {
            KvReply<A> reply =
                    switch (attempt(endpoint, call, tour)) {
                        case Attempt.Answered<R>(R response) ->
                                judged(endpoint, call, call.answer().apply(response), tour);
                        case Attempt.Failed<R> failed -> failed(endpoint, call, failed, tour);
                    };
            if (reply != null) {
                return reply;
            }
        }
        return tour.fruitless();
    }

    /// One try at one endpoint. A token that etcd refuses is fetched anew, once.
    private <Q, R, A> Attempt<R> attempt(Endpoint endpoint, Call<Q, R, A> call, Tour tour) {
        Attempt<R> attempt = authenticated(endpoint, call, tour);
        if (attempt instanceof Attempt.Failed<R>(var failure, _, _)
                && failure == Attempt.Failure.TOKEN_REFUSED) {
            credentials.drop();
            attempt = authenticated(endpoint, call, tour);
        }
        return attempt;
    }

    private <Q, R, A> Attempt<R> authenticated(Endpoint endpoint, Call<Q, R, A> call, Tour tour) {
        var refused = credentials.ensure(endpoint, tour.patience());
        if (refused != null) {
            return new Attempt.Failed<>(refused.failure(), refused.reach(), refused.reason());
        }
        return Attempt.call(
                endpoint.channel(),
                call.method(),
                call.request(),
                credentials.headers(),
                tour.patience());
    }

    /// The reply, or null when the next endpoint is to be asked.
    private <A> @Nullable KvReply<A> judged(
            Endpoint endpoint, Call<?, ?, A> call, A answer, Tour tour) {
        boolean repeatable = call.repetition() == Repetition.HARMLESS;
        switch (endpoints.judge(endpoint, call.header().apply(answer))) {
            case CURRENT -> {
                endpoints.settleOn(endpoint);
                return new KvReply.Answered<>(answer);
            }
            case LEFT_BEHIND -> {
                if (!repeatable) {
                    return new KvReply.Answered<>(answer);
                }
                tour.failedAt(endpoint, "left behind in an older term");
            }
            case OTHER_CLUSTER -> {
                if (!repeatable) {
                    return new KvReply.Unknown<>(endpoint + " belongs to another cluster");
                }
                tour.failedAt(endpoint, "belongs to another cluster");
            }
        }
        return null;
    }

    /// The reply, or null when the next endpoint is to be asked.
    private <A> @Nullable KvReply<A> failed(
            Endpoint endpoint, Call<?, ?, A> call, Attempt.Failed<?> failed, Tour tour) {
        switch (failed.failure()) {
            case TIMED_OUT -> endpoints.silent(endpoint, failed.reason());
            case UNAVAILABLE, NO_LEADER -> endpoints.refusing(endpoint, failed.reason());
            case LEASE_NOT_FOUND -> {
                return new KvReply.NotApplied<>(KvReply.Cause.LEASE_NOT_FOUND, failed.reason());
            }
            case TOKEN_REFUSED, REJECTED -> {
                return new KvReply.NotApplied<>(KvReply.Cause.REJECTED, failed.reason());
            }
        }
        tour.failedAt(endpoint, failed.reason());
        if (failed.reach() == Attempt.Reach.MAYBE_APPLIED) {
            tour.maybeApplied();
            if (call.repetition() == Repetition.FORBIDDEN) {
                return tour.fruitless();
            }
        }
        return null;
    }
}
