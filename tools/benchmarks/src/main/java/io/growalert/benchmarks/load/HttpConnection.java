package io.growalert.benchmarks.load;

import io.growalert.benchmarks.load.Replies.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One connection of a load, opened when it is needed, and anew when it was closed. For one thread. */
final class HttpConnection {
    private final InetAddress source;
    private final InetSocketAddress target;
    private final Selector selector;
    private final BiConsumer<HttpConnection, Reply> done;
    private final HttpAnswer answer = new HttpAnswer();
    private @Nullable SocketChannel channel;
    private @Nullable LoadRequest ask;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private long due;

    /** @param done receives the outcome of each request; another may be sent then */
    HttpConnection(InetAddress source, int port, Selector selector, BiConsumer<HttpConnection, Reply> done) {
        this.source = source;
        this.target = new InetSocketAddress(HttpLoad.ADDRESS, port);
        this.selector = selector;
        this.done = done;
    }

    /** @param due when it was to be sent, which was not later than now */
    void send(LoadRequest ask, long due) {
        this.ask = ask;
        this.due = due;
        request = ask.bytes().duplicate();
        answer.clear();
        try {
            open().write(request);
        } catch (IOException e) {
            fail(e);
        }
    }

    private SocketChannel open() throws IOException {
        var opened = channel;
        if (opened == null) {
            opened = SocketChannel.open();
            channel = opened;
            opened.bind(new InetSocketAddress(source, 0));
            opened.connect(target);
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            opened.configureBlocking(false);
            opened.register(selector, SelectionKey.OP_READ, this);
        }
        return opened;
    }

    /** Something has come. */
    void ready() {
        var asked = ask;
        if (channel == null || asked == null) {
            close(); // the server closed a connection that was idle
            return;
        }
        try {
            if (request.hasRemaining()) {
                channel.write(request);
            }
            if (!answer.isCompleteAfter(channel)) {
                return;
            }
        } catch (IOException e) {
            fail(e);
            return;
        }
        if (answer.isLast()) {
            close();
        }
        reply(answer.status(), answer.status() == 200 ? "" : answer.code());
    }

    /** The last response in full. */
    String text() {
        return answer.text();
    }

    void giveUpAfter(long nanos) {
        if (ask != null && System.nanoTime() - due > nanos) {
            fail(new IOException("no answer"));
        }
    }

    private void fail(IOException thrown) {
        close();
        reply(0, String.valueOf(thrown.getMessage()));
    }

    private void reply(int status, String code) {
        var asked = ask;
        ask = null;
        if (asked != null) {
            done.accept(this, new Reply(asked.name(), due, (System.nanoTime() - due) / 1e9, status, code));
        }
    }

    void close() {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            channel = null;
        }
    }
}
