package io.tamada.agent.os;

import org.jspecify.annotations.Nullable;

/// An entry of the user database.
public record UnixUser(String name, int uid, int gid, String home) {

    /// Null when there is no such user.
    static @Nullable UnixUser byName(String name) {
        return PrivilegesCalls.userByName(name);
    }

    /// Null when there is no such user.
    static @Nullable UnixUser byId(int uid) {
        return PrivilegesCalls.userById(uid);
    }
}
