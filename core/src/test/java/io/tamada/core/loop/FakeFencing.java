package io.tamada.core.loop;

import io.tamada.core.Facts;
import io.tamada.core.fencing.FencingStatus;
import io.tamada.core.lease.WriteDeadline;
import io.tamada.core.port.Fencing;
import java.util.ArrayList;
import java.util.List;

/// Rungs that answer what the test has put in, and remember what they were told.
final class FakeFencing implements Fencing {

    /// The deadlines in seconds from the beginning, and "off" for a disarming.
    final List<String> told = new ArrayList<>();

    FencingStatus status = FencingStatus.OFF;
    Runnable onArm = () -> {};
    Armed answer = new Armed.Confirmed();
    boolean standsDown = true;

    @Override
    public FencingStatus observe() {
        return status;
    }

    @Override
    public Armed arm(WriteDeadline.Term term) {
        told.add(String.valueOf(Facts.NOW.until(term.mayWriteUntil()).toSeconds()));
        onArm.run();
        return answer;
    }

    @Override
    public boolean disarm() {
        told.add("off");
        return standsDown;
    }
}
