package io.tamada.agent.fencing;

import io.tamada.agent.os.WatchdogDevice;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A device that counts nothing down and remembers what it was told.
final class FakeDevice implements WatchdogDevice {
    final List<String> told = new ArrayList<>();
    @Nullable String unusable;
    boolean stoppable = true;
    int longestSeconds = 60;
    int roundedUpToSeconds = 1;

    @Override
    public @Nullable String whyUnusable() {
        return unusable;
    }

    @Override
    public @Nullable String open() {
        told.add("open");
        return unusable;
    }

    @Override
    public boolean isStoppable() {
        return stoppable;
    }

    @Override
    public int setTimeoutSeconds(int seconds) {
        told.add("timeout " + seconds);
        int rounded = (seconds + roundedUpToSeconds - 1) / roundedUpToSeconds * roundedUpToSeconds;
        return seconds > longestSeconds ? -1 : rounded;
    }

    @Override
    public boolean keepAlive() {
        told.add("alive");
        return true;
    }

    @Override
    public boolean stop() {
        told.add("stop");
        return true;
    }
}
