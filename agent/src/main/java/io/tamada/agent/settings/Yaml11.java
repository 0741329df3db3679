package io.tamada.agent.settings;

import java.math.BigInteger;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The meaning of an unquoted scalar by YAML 1.1 (<https://yaml.org/type/>), which is how Patroni
/// reads its files: `on` and `yes` are booleans, `0600` is octal, `1:30` is ninety.
final class Yaml11 {

    private static final Map<String, Boolean> TRUTH =
            Map.of(
                    "yes", true, "no", false, "true", true, "false", false, "on", true, "off",
                    false);
    private static final Pattern INTEGER =
            Pattern.compile(
                    "[-+]?(0b[01_]+|0[0-7_]*|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?([0-9][0-9_]*)\\.[0-9_]*([eE][-+][0-9]+)?|\\.[0-9][0-9_]*");

    private Yaml11() {}

    /// Null, Boolean, Long, BigInteger, Double or String.
    static @Nullable Object resolve(String text) {
        if (text.isEmpty() || text.equals("~")) {
            return null;
        }
        Boolean truth = isOneCase(text) ? TRUTH.get(lower(text)) : null;
        if (truth != null) {
            return truth;
        }
        if (isOneCase(text) && lower(text).equals("null")) {
            return null;
        }
        if (INTEGER.matcher(text).matches()) {
            return integer(text);
        }
        if (DECIMAL.matcher(text).matches()) {
            return Double.valueOf(text.replace("_", ""));
        }
        return text;
    }

    /// YAML 1.1 knows `yes`, `Yes` and `YES`, but not `yEs`.
    private static boolean isOneCase(String text) {
        String rest = text.substring(1);
        return rest.equals(lower(rest)) || text.equals(text.toUpperCase(java.util.Locale.ROOT));
    }

    private static String lower(String text) {
        return text.toLowerCase(java.util.Locale.ROOT);
    }

    private static Object integer(String text) {
        boolean negative = text.startsWith("-");
        String digits = text.replace("_", "").replaceFirst("^[-+]", "");
        BigInteger value = magnitude(digits);
        BigInteger signed = negative ? value.negate() : value;
        if (signed.bitLength() < Long.SIZE) {
            return signed.longValue();
        }
        return signed;
    }

    private static BigInteger magnitude(String digits) {
        if (digits.isEmpty() || digits.equals("0")) {
            return BigInteger.ZERO;
        }
        if (digits.startsWith("0b")) {
            return new BigInteger(digits.substring(2), 2);
        }
        if (digits.startsWith("0x")) {
            return new BigInteger(digits.substring(2), 16);
        }
        if (digits.indexOf(':') >= 0) {
            BigInteger total = BigInteger.ZERO;
            for (String part : digits.split(":", -1)) {
                total = total.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
            }
            return total;
        }
        return digits.startsWith("0") ? new BigInteger(digits, 8) : new BigInteger(digits);
    }
}
