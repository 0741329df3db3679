package io.tamada.core.port;

import io.tamada.core.failsafe.FailsafeAnswer;
import io.tamada.core.failsafe.FailsafeCall;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/// Asks other members over REST to consent to this leader (`POST /failsafe`), all at once.
public interface FailsafePeers {

    /// @param members API URLs of those who are asked, by name.
    /// @return one answer for each; one that did not come within the timeout is missing.
    List<FailsafeAnswer> ask(
            FailsafeCall call, SortedMap<String, String> members, Duration timeout);
}
