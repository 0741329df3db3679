package io.tamada.core.cluster;

/// PostgreSQL's system identifier, made by initdb and shared by every copy of that instance, as
/// the unsigned decimal text that `pg_controldata` prints.
public record SystemIdentifier(String value) {

    public SystemIdentifier {
        if (!value.matches("[0-9]{10,20}")) {
            throw new IllegalArgumentException("not a system identifier: '" + value + "'");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
