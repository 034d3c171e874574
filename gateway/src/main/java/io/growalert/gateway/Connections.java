package io.growalert.gateway;

import io.growalert.runtime.http.TrustedProxies;
import io.growalert.runtime.loop.Loop;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The client connections: how many of them an address has, and their deadlines. Jetty's idle timeouts start anew with each byte;
 * these deadlines do not.
 */
final class Connections extends AbstractLifeCycle implements Connection.Listener {
    private static final Duration SWEEP = Duration.ofMillis(500);

    private final GatewaySettings settings;
    private final TrustedProxies proxies;
    private volatile Duration idle = Duration.ZERO;
    private @Nullable ServerConnector connector;
    private final Map<EndPoint, ClientConnection> open = new ConcurrentHashMap<>();
    private final Map<String, Integer> ofNetwork = new ConcurrentHashMap<>();
    private final Loop sweeper =
            new Loop("overdue-requests", "Ending overdue requests failed; retrying", this::endWhatIsDue);

    /** @param proxies whose connections carry the requests of many clients, and are not limited */
    Connections(GatewaySettings settings, TrustedProxies proxies) {
        this.settings = settings;
        this.proxies = proxies;
    }

    /** Before the connector starts, which then starts and stops this. */
    void listenTo(ServerConnector listening) {
        connector = listening;
        listening.addBean(this, true);
    }

    Loop sweeper() {
        return sweeper;
    }

    @Override
    protected void doStart() {
        var listening = Objects.requireNonNull(connector);
        // its settings are complete now: the time between two packets, and for the first request
        idle = Duration.ofMillis(listening.getIdleTimeout());
        for (var protocol : listening.getConnectionFactories()) {
            if (protocol instanceof HttpConfiguration.ConnectionFactory http) {
                http.getHttpConfiguration().setIdleTimeout(idle.toMillis());
            }
        }
        sweeper.start();
    }

    @Override
    protected void doStop() {
        sweeper.close();
    }

    private Duration endWhatIsDue(Loop loop) {
        endWhatIsDue(System.nanoTime());
        return SWEEP;
    }

    /** @param now as {@link System#nanoTime} */
    void endWhatIsDue(long now) {
        open.values().forEach(connection -> connection.endWhenDue(now, idle, settings.slowest()));
    }

    /** The exchange of a request whose headers arrived; {@link #end} ends it. */
    Exchange begin(Request request) {
        var metadata = request.getConnectionMetaData();
        var endPoint = transport(metadata.getConnection());
        var connection = open.get(endPoint);
        if (connection == null) {
            // it was closed in the meantime, and nothing registers it again
            connection = new ClientConnection(endPoint, "");
        }
        var exchange = Exchange.begin(request, connection, settings.slowest().multipliedBy(2));
        connection.begins(exchange, metadata.getHttpVersion() == HttpVersion.HTTP_2);
        return exchange;
    }

    static void end(Exchange exchange) {
        exchange.connection().ends(exchange);
    }

    @Override
    public void onOpened(Connection connection) {
        var endPoint = connection.getEndPoint();
        if (endPoint instanceof EndPoint.Wrapper
                || !(endPoint.getRemoteSocketAddress() instanceof InetSocketAddress remote)) {
            // HTTP within TLS, whose connection is registered already
            return;
        }
        endPoint.setIdleTimeout(settings.keepAlive().toMillis());
        var network = Network.of(remote.getAddress());
        var opened = new ClientConnection(endPoint, network);
        if (open.putIfAbsent(endPoint, opened) == null
                && ofNetwork.merge(network, 1, Integer::sum) > settings.connectionsPerAddress()
                && !proxies.contains(remote.getAddress())) {
            endPoint.close();
        }
    }

    /** With TLS, once for HTTP and once for TLS. */
    @Override
    public void onClosed(Connection connection) {
        var closed = open.remove(connection.getEndPoint());
        if (closed != null) {
            ofNetwork.computeIfPresent(closed.network(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /** The number of open connections. */
    int count() {
        return ofNetwork.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static EndPoint transport(Connection connection) {
        var endPoint = connection.getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        return endPoint;
    }
}
