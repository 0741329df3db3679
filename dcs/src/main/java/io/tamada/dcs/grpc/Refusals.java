package io.tamada.dcs.grpc;

import io.grpc.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What etcd's errors mean. It tells many of them apart by their texts only (etcd,
/// `api/v3rpc/rpctypes/error.go`).
final class Refusals {

    private Refusals() {}

    static Attempt.Failure kindOf(Status status) {
        String text = text(status);
        return switch (status.getCode()) {
            case NOT_FOUND ->
                    text.contains("lease not found")
                            ? Attempt.Failure.LEASE_NOT_FOUND
                            : Attempt.Failure.REJECTED;
            case UNAVAILABLE ->
                    text.contains("etcdserver: no leader")
                            ? Attempt.Failure.NO_LEADER
                            : Attempt.Failure.UNAVAILABLE;
            case UNAUTHENTICATED -> Attempt.Failure.TOKEN_REFUSED;
            case INVALID_ARGUMENT ->
                    text.contains("user name is empty")
                                    || text.contains("revision of auth store is old")
                            ? Attempt.Failure.TOKEN_REFUSED
                            : Attempt.Failure.REJECTED;
            case RESOURCE_EXHAUSTED ->
                    text.contains("database space exceeded")
                            ? Attempt.Failure.REJECTED
                            : Attempt.Failure.UNAVAILABLE;
            case FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    PERMISSION_DENIED,
                    ALREADY_EXISTS,
                    UNIMPLEMENTED ->
                    Attempt.Failure.REJECTED;
            case OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, ABORTED, INTERNAL, DATA_LOSS ->
                    Attempt.Failure.UNAVAILABLE;
        };
    }

    /// In one line. The innermost cause is where "Connection refused" stands; gRPC's own text
    /// above it ("io exception", a list of pipeline parts) says nothing.
    static String describe(Status status) {
        Throwable innermost = status.getCause();
        boolean secure = false;
        while (innermost != null) {
            secure = secure || innermost instanceof SSLException;
            if (innermost.getCause() == null) {
                break;
            }
            innermost = innermost.getCause();
        }
        String inner = innermost == null ? null : innermost.getMessage();
        if (secure) {
            return oneLine("TLS failed, check the certificates: " + inner);
        }
        String text = text(status);
        if (inner != null && text.startsWith("io exception")) {
            return oneLine(inner);
        }
        return text.isEmpty() ? status.getCode().name() : oneLine(text);
    }

    private static String text(Status status) {
        @Nullable String description = status.getDescription();
        return description == null ? "" : description;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
