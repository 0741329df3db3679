package io.tamada.dcs.kv;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An immutable string of bytes: a key or a value of etcd. Ordered as etcd orders its keys, byte
/// by byte, unsigned.
public final class Bytes implements Comparable<Bytes> {

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    public static Bytes of(byte[] content) {
        return new Bytes(content.clone());
    }

    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The content read as UTF-8; what is not UTF-8 becomes the replacement character.
    public String text() {
        return new String(content, StandardCharsets.UTF_8);
    }

    public byte[] toArray() {
        return content.clone();
    }

    public int length() {
        return content.length;
    }

    public boolean startsWith(Bytes prefix) {
        int length = prefix.content.length;
        return content.length >= length
                && Arrays.equals(content, 0, length, prefix.content, 0, length);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    @Override
    public String toString() {
        return text();
    }
}
