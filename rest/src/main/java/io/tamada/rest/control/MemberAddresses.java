package io.tamada.rest.control;

import io.tamada.rest.document.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The network addresses of members, by the hosts of their API URLs.
///
/// Names are looked up on the caller's thread. One that cannot be looked up now keeps the addresses
/// it had: name servers and the store often fail together.
public final class MemberAddresses {

    /// Hosts that are remembered; members come and go.
    private static final int HOST_LIMIT = 256;

    private final Map<String, List<InetAddress>> lastGood = new ConcurrentHashMap<>();

    public boolean include(Collection<String> urls, InetAddress address) {
        for (String url : urls) {
            HostPort host = HostPort.ofUrl(url);
            if (host != null && of(host.host()).contains(address)) {
                return true;
            }
        }
        return false;
    }

    private List<InetAddress> of(String host) {
        try {
            List<InetAddress> found = List.of(InetAddress.getAllByName(host));
            if (lastGood.size() < HOST_LIMIT) {
                lastGood.put(host, found);
            }
            return found;
        } catch (UnknownHostException _) {
            return lastGood.getOrDefault(host, List.of());
        }
    }
}
