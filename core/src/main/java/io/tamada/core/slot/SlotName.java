package io.tamada.core.slot;

import io.tamada.core.member.MemberName;
import java.util.Locale;

/// The name of a member's physical slot, by Patroni's rule, so that a Patroni leader knows the
/// slots of a Tamada and the other way round.
public final class SlotName {

    /// PostgreSQL's limit, NAMEDATALEN - 1.
    private static final int LENGTH_LIMIT = 63;

    private SlotName() {}

    /// Lower case; `-` and `.` become `_`; every other character outside `a-z0-9_` becomes `u`
    /// and its code point in at least four decimal digits; cut to 63 characters.
    public static String of(MemberName member) {
        return of(member.value());
    }

    /// The same of a text that need not be a member's name.
    public static String of(String name) {
        StringBuilder slot = new StringBuilder();
        name.toLowerCase(Locale.ROOT)
                .codePoints()
                .forEach(
                        c -> {
                            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_') {
                                slot.append((char) c);
                            } else if (c == '-' || c == '.') {
                                slot.append('_');
                            } else {
                                slot.append('u').append(String.format(Locale.ROOT, "%04d", c));
                            }
                        });
        return slot.length() <= LENGTH_LIMIT ? slot.toString() : slot.substring(0, LENGTH_LIMIT);
    }
}
