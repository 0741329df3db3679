package io.tamada.chaos.cluster.comparison;

import io.tamada.chaos.cluster.TestCluster;
import io.tamada.chaos.cluster.TestNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// Takes out of a text what is another in each cluster and each run: ports, directories, times,
/// identifiers. What is replaced keeps its width, so that tables stay comparable.
final class Names {

    /// As Python and both agents write a moment, microseconds and zone included. Moments of the
    /// script are of another century.
    private static final Pattern TIME =
            Pattern.compile(
                    "20[2-8]\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d{5,6})?([+-]\\d\\d:\\d\\d)?");

    /// The example in a question.
    private static final Pattern MINUTE =
            Pattern.compile("20[2-8]\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d\\b");

    private static final Pattern SYSTEM_IDENTIFIER = Pattern.compile("\\b\\d{19}\\b");
    private static final Pattern POSITION = Pattern.compile("\\b\\d{8,9}\\b");
    private static final Pattern DIGIT = Pattern.compile("\\d");

    private final Map<String, String> places = new LinkedHashMap<>();

    Names(TestCluster cluster) {
        int number = 0;
        for (TestNode node : cluster.nodes()) {
            places.put(Integer.toString(node.postgresPort()), "5432" + ++number);
            places.put(Integer.toString(node.restPort()), "8008" + number);
        }
        for (String host : cluster.etcd().hosts()) {
            places.put(host.substring(host.indexOf(':') + 1), "23790");
        }
        places.put(cluster.directory().toString(), "DIRECTORY");
    }

    String replaceIn(String text) {
        String plain = text;
        for (Map.Entry<String, String> place : places.entrySet()) {
            plain = plain.replace(place.getKey(), place.getValue());
        }
        plain = zeros(TIME, plain);
        plain = zeros(MINUTE, plain);
        plain = zeros(SYSTEM_IDENTIFIER, plain);
        return zeros(POSITION, plain);
    }

    private static String zeros(Pattern what, String text) {
        return what.matcher(text).replaceAll(found -> DIGIT.matcher(found.group()).replaceAll("0"));
    }
}
