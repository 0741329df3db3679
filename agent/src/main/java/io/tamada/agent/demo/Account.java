package io.tamada.agent.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;

/// Whose processes and files the demo's are: one's own, or those of `postgres` for root, as
/// nothing of a demo needs root and PostgreSQL refuses it.
sealed interface Account {

    /// Put before a command, so that it runs as this user.
    List<String> prefix();

    void own(Path path) throws IOException;

    record Own() implements Account {
        @Override
        public List<String> prefix() {
            return List.of();
        }

        @Override
        public void own(Path path) {
            // Whatever one creates is one's own already.
        }
    }

    record Unprivileged(UserPrincipal user, GroupPrincipal group) implements Account {
        @Override
        public List<String> prefix() {
            return List.of(
                    "setpriv",
                    "--reuid=" + user.getName(),
                    "--regid=" + group.getName(),
                    "--init-groups",
                    "--");
        }

        @Override
        public void own(Path path) throws IOException {
            var view =
                    Files.getFileAttributeView(
                            path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            view.setOwner(user);
            view.setGroup(group);
        }
    }

    String USER = "postgres";

    static Account current() throws DemoFailure {
        if (!"root".equals(System.getProperty("user.name"))) {
            return new Own();
        }
        try {
            var lookup = Path.of("/").getFileSystem().getUserPrincipalLookupService();
            return new Unprivileged(
                    lookup.lookupPrincipalByName(USER), lookup.lookupPrincipalByGroupName(USER));
        } catch (UserPrincipalNotFoundException _) {
            throw new DemoFailure(
                    "running as root, and there is no user 'postgres' to run the cluster as;"
                            + " install PostgreSQL's server package or run the demo as yourself");
        } catch (IOException unreadable) {
            throw new DemoFailure("cannot look up user 'postgres': " + unreadable, unreadable);
        }
    }
}
