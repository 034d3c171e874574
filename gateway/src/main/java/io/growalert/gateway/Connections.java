package io.growalert.gateway;

import io.growalert.runtime.loop.Progress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.util.NetMask;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tomcat's connections with the two bounds for which it has no settings: how many one address has, and how long a request
 * takes all in all, where Tomcat's own timeouts begin anew with each byte.
 */
public final class Connections extends Http11NioProtocol {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Door door;
    private Progress progress = new Progress("overdue-requests");
    private @Nullable ScheduledFuture<?> looking;

    /** Made by Tomcat, by this class' name. */
    public Connections() {
        this(new Door());
    }

    private Connections(Door door) {
        super(door);
        this.door = door;
        door.setHandler(new Noted(door.getHandler(), door));
    }

    /**
     * @param proxies which come for many
     * @param loop of what ends overdue requests
     */
    void limit(GatewaySettings settings, List<NetMask> proxies, Progress loop) {
        progress = loop;
        door.most = settings.connectionsPerAddress();
        door.slowest = settings.slowest();
        door.proxies = proxies;
    }

    @Override
    public void start() throws Exception {
        super.start();
        progress.begin();
        looking = getUtilityExecutor()
                .scheduleWithFixedDelay(this::endWhatIsDue, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() throws Exception {
        if (looking != null) {
            looking.cancel(false);
        }
        progress.end();
        super.stop();
    }

    /** The next round begins with the end of this one: a thread that is gone makes no progress either. */
    private void endWhatIsDue() {
        try {
            door.endWhatIsDue();
            progress.end();
        } catch (Throwable e) {
            progress.failed(e);
            LOG.atError().setCause(e).log("Ending overdue requests failed; retrying");
        }
        progress.begin();
    }

    /** Lets in no more of one address than it may have. */
    private static final class Door extends NioEndpoint {
        private final Map<SocketChannel, Connection> open = new ConcurrentHashMap<>();
        private final Map<String, Integer> ofNetwork = new ConcurrentHashMap<>();
        private int most;
        private Duration slowest = Duration.ZERO;
        private List<NetMask> proxies = List.of();

        @Override
        protected boolean setSocketOptions(SocketChannel socket) {
            try {
                var address = socket.socket().getInetAddress();
                var network = Network.of(address);
                boolean many = proxies.stream().anyMatch(proxy -> proxy.matches(address));
                if (ofNetwork.merge(network, 1, Integer::sum) > most && !many) {
                    leaves(network);
                    destroySocket(socket);
                    return false;
                }
                open.put(socket, new Connection(socket, network, slowest));
            } catch (RuntimeException e) {
                // it is gone already
                destroySocket(socket);
                return false;
            }
            if (!super.setSocketOptions(socket)) {
                left(socket);
                return false;
            }
            return true;
        }

        private void left(SocketChannel socket) {
            var connection = open.remove(socket);
            if (connection != null) {
                leaves(connection.network());
            }
        }

        private void leaves(String network) {
            ofNetwork.computeIfPresent(network, (_, count) -> count == 1 ? null : count - 1);
        }

        private void endWhatIsDue() {
            long now = System.nanoTime();
            open.values().forEach(connection -> connection.endWhenDue(now));
        }
    }

    /** Does what Tomcat does with a connection, and notes when it begins and ends. */
    private record Noted(Handler<NioChannel> tomcat, Door door) implements Handler<NioChannel> {
        @Override
        public SocketState process(SocketWrapperBase<NioChannel> socket, SocketEvent event) {
            var channel = socket.getSocket().getIOChannel();
            var connection = channel == null ? null : door.open.get(channel);
            if (connection == null) {
                // it is closed already
                return tomcat.process(socket, event);
            }
            connection.used();
            var state = ScopedValue.where(Connection.CURRENT, connection).call(() -> tomcat.process(socket, event));
            // LONG is one of whose headers not all came yet
            if (state == SocketState.OPEN) {
                connection.idle();
            }
            return state;
        }

        @Override
        public Object getGlobal() {
            return tomcat.getGlobal();
        }

        @Override
        public void release(SocketWrapperBase<NioChannel> socket) {
            door.left(socket.getSocket().getIOChannel());
            tomcat.release(socket);
        }

        @Override
        public void pause() {
            tomcat.pause();
        }

        @Override
        public void recycle() {
            tomcat.recycle();
        }
    }
}
