package io.tamada.core.member;

/// The name of a member, unique in its cluster; the last part of its key in the store.
public record MemberName(String value) implements Comparable<MemberName> {

    public MemberName {
        if (value.isEmpty() || value.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "a member name is not empty and has no slash: '" + value + "'");
        }
    }

    @Override
    public int compareTo(MemberName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
