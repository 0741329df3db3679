package io.tamada.agent.run;

import org.jspecify.annotations.Nullable;

/// The version of this product, which the build writes into the jar's manifest.
public final class Version {

    private Version() {}

    public static String text() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
