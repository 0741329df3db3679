package io.tamada.dcs.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.etcd.jetcd.api.Compare.CompareResult;
import io.etcd.jetcd.api.Compare.CompareTarget;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.tamada.dcs.kv.Bytes;
import io.tamada.dcs.kv.EtcdKv.Header;
import io.tamada.dcs.kv.EtcdKv.KeyValue;
import io.tamada.dcs.kv.KeyRange;
import io.tamada.dcs.kv.Txn;
import java.util.ArrayList;
import java.util.List;

/// Our terms to etcd's messages and back.
final class Wire {

    private Wire() {}

    static ByteString string(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.toArray());
    }

    static Bytes bytes(ByteString string) {
        return Bytes.of(string.toByteArray());
    }

    /// The first key after all those that begin with the prefix; a zero byte means the end of
    /// all.
    static ByteString endOf(Bytes prefix) {
        byte[] end = prefix.toArray();
        for (int i = end.length - 1; i >= 0; i--) {
            if (end[i] != (byte) 0xFF) {
                end[i]++;
                return ByteString.copyFrom(end, 0, i + 1);
            }
        }
        return ByteString.copyFrom(new byte[1]);
    }

    static RangeRequest range(KeyRange range) {
        RangeRequest.Builder request = RangeRequest.newBuilder().setSerializable(false);
        return switch (range) {
            case KeyRange.Key(Bytes key) -> request.setKey(string(key)).build();
            case KeyRange.Prefix(Bytes prefix) ->
                    request.setKey(string(prefix)).setRangeEnd(endOf(prefix)).build();
        };
    }

    static TxnRequest txn(Txn txn) {
        TxnRequest.Builder request = TxnRequest.newBuilder();
        for (Txn.Compare compare : txn.compares()) {
            request.addCompare(compare(compare));
        }
        for (Txn.Op op : txn.then()) {
            request.addSuccess(op(op));
        }
        for (Txn.Op op : txn.otherwise()) {
            request.addFailure(op(op));
        }
        return request.build();
    }

    private static io.etcd.jetcd.api.Compare compare(Txn.Compare compare) {
        io.etcd.jetcd.api.Compare.Builder message =
                io.etcd.jetcd.api.Compare.newBuilder()
                        .setResult(CompareResult.EQUAL)
                        .setKey(string(compare.key()));
        return switch (compare) {
            case Txn.Compare.CreateRevisionIs(_, long revision) ->
                    message.setTarget(CompareTarget.CREATE).setCreateRevision(revision).build();
            case Txn.Compare.ModRevisionIs(_, long revision) ->
                    message.setTarget(CompareTarget.MOD).setModRevision(revision).build();
            case Txn.Compare.ValueIs(_, Bytes value) ->
                    message.setTarget(CompareTarget.VALUE).setValue(string(value)).build();
        };
    }

    private static RequestOp op(Txn.Op op) {
        RequestOp.Builder message = RequestOp.newBuilder();
        return switch (op) {
            case Txn.Op.Put(Bytes key, Bytes value, long lease) ->
                    message.setRequestPut(
                                    PutRequest.newBuilder()
                                            .setKey(string(key))
                                            .setValue(string(value))
                                            .setLease(lease))
                            .build();
            case Txn.Op.Delete(Bytes key) ->
                    message.setRequestDeleteRange(
                                    DeleteRangeRequest.newBuilder().setKey(string(key)))
                            .build();
            case Txn.Op.Get(KeyRange range) -> message.setRequestRange(range(range)).build();
            case Txn.Op.Nested(Txn txn) -> message.setRequestTxn(txn(txn)).build();
        };
    }

    static Header header(ResponseHeader header) {
        return new Header(
                header.getClusterId(),
                header.getMemberId(),
                header.getRevision(),
                header.getRaftTerm());
    }

    static List<KeyValue> keyValues(List<io.etcd.jetcd.api.KeyValue> messages) {
        List<KeyValue> keys = new ArrayList<>(messages.size());
        for (io.etcd.jetcd.api.KeyValue message : messages) {
            keys.add(
                    new KeyValue(
                            bytes(message.getKey()),
                            bytes(message.getValue()),
                            message.getCreateRevision(),
                            message.getModRevision(),
                            message.getLease()));
        }
        return keys;
    }

    static List<Txn.Response> responses(TxnResponse response) {
        List<Txn.Response> responses = new ArrayList<>(response.getResponsesCount());
        for (ResponseOp op : response.getResponsesList()) {
            responses.add(
                    switch (op.getResponseCase()) {
                        case RESPONSE_RANGE ->
                                new Txn.Response.Got(keyValues(op.getResponseRange().getKvsList()));
                        case RESPONSE_DELETE_RANGE ->
                                new Txn.Response.Deleted(op.getResponseDeleteRange().getDeleted());
                        case RESPONSE_TXN ->
                                new Txn.Response.NestedDone(
                                        op.getResponseTxn().getSucceeded(),
                                        responses(op.getResponseTxn()));
                        case RESPONSE_PUT, RESPONSE_NOT_SET -> new Txn.Response.PutDone();
                    });
        }
        return responses;
    }
}
