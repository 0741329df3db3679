package io.tamada.rest.control;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Patroni's `allowlist`: names, addresses and networks.
final class Networks {

    private Networks() {}

    static boolean include(List<String> networks, InetAddress address) {
        for (String network : networks) {
            if (includes(network.strip(), address)) {
                return true;
            }
        }
        return false;
    }

    private static boolean includes(String network, InetAddress address) {
        int slash = network.indexOf('/');
        String host = slash < 0 ? network : network.substring(0, slash);
        try {
            for (InetAddress listed : InetAddress.getAllByName(host)) {
                byte[] wanted = listed.getAddress();
                byte[] asked = address.getAddress();
                int bits =
                        slash < 0
                                ? wanted.length * Byte.SIZE
                                : Integer.parseInt(network.substring(slash + 1));
                if (wanted.length == asked.length && isSame(wanted, asked, bits)) {
                    return true;
                }
            }
        } catch (UnknownHostException | NumberFormatException _) {
            // A name that cannot be looked up lets nobody in.
            return false;
        }
        return false;
    }

    private static boolean isSame(byte[] a, byte[] b, int bits) {
        for (int i = 0; i < a.length; i++) {
            int left = Math.clamp(bits - (long) i * Byte.SIZE, 0, Byte.SIZE);
            int mask = 0xff & (0xff00 >> left);
            if (((a[i] ^ b[i]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
