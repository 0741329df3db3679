package io.tamada.agent.haproxy;

import io.tamada.haproxy.ProxyMember;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads `name=host:port,restport`, an IPv6 host in brackets.
final class MemberOption implements ITypeConverter<ProxyMember> {

    static final String SHAPE = "NAME=HOST:PORT,RESTPORT";

    private static final Pattern FORM =
            Pattern.compile(
                    "([^=]+)=(?:\\[([0-9A-Fa-f:.]+)]|([^:,\\[\\]]+)):(\\d{1,5}),(\\d{1,5})");

    @Override
    public ProxyMember convert(String text) {
        var form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new TypeConversionException(
                    "'%s' is not %s, for example node1=10.0.0.1:5432,8008".formatted(text, SHAPE));
        }
        String host = form.group(2) == null ? form.group(3) : form.group(2);
        try {
            return new ProxyMember(
                    form.group(1),
                    host,
                    Integer.parseInt(form.group(4)),
                    Integer.parseInt(form.group(5)));
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }
}
