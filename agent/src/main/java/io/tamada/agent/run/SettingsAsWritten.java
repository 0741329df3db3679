package io.tamada.agent.run;

import io.tamada.core.cluster.ClusterConfig;
import io.tamada.dcs.codec.ClusterConfigCodec;
import io.tamada.dcs.codec.Warnings;
import io.tamada.dcs.kv.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A dynamic configuration, and which of its settings no agent would use as they are written.
///
/// @param config null when the text is no JSON object.
/// @param mistakes a sentence for each of those settings.
public record SettingsAsWritten(@Nullable ClusterConfig config, List<String> mistakes) {

    private record Wrong(List<String> mistakes) implements Warnings {

        @Override
        public void warn(String sentence) {
            mistakes.add(sentence);
        }

        @Override
        public void wrong(
                String document, String setting, String found, String expected, String instead) {
            mistakes.add("%s is %s, expected %s".formatted(setting, found, expected));
        }
    }

    public static SettingsAsWritten of(String json) {
        List<String> mistakes = new ArrayList<>();
        ClusterConfig config = ClusterConfigCodec.decode(Bytes.utf8(json), new Wrong(mistakes));
        if (config == null) {
            mistakes.add("the configuration is not a JSON object");
        }
        return new SettingsAsWritten(config, List.copyOf(mistakes));
    }
}
