package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 that sends what it wants. Unless it opens a flow control window, no byte of a body can be sent to it. */
final class RawHttp2 implements AutoCloseable {
    static final int HEADERS = 1;
    static final int RESET = 3;
    private static final int SETTINGS = 4;
    static final int DATA = 0;
    static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final int END_STREAM = 0x1;
    private static final int END_HEADERS = 0x4;
    /** In bytes. */
    private static final int LARGEST_FRAME = 16 << 10;

    private final SSLSocket socket;
    private final DataInputStream in;

    record Frame(int type, int stream) {}

    RawHttp2(int port) throws Exception {
        socket = (SSLSocket) TestTls.trusting().getSocketFactory().createSocket("localhost", port);
        socket.setSoTimeout(10_000);
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        in = new DataInputStream(socket.getInputStream());
        socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        // an initial window of no bytes
        send(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    }

    /** A request without a body. */
    void request(int stream, String method, String path) throws IOException {
        send(HEADERS, END_HEADERS | END_STREAM, stream, headers(method, path));
    }

    /** The headers of a request whose body follows. */
    void upload(int stream, String path) throws IOException {
        send(HEADERS, END_HEADERS, stream, headers("POST", path));
    }

    /** The first part of a request's headers, whose rest never comes. */
    void beginHeaders(int stream) throws IOException {
        send(HEADERS, END_STREAM, stream, headers("GET", "/config"));
    }

    /** One more byte of them. */
    void continueHeaders(int stream) throws IOException {
        send(CONTINUATION, 0, stream, new byte[1]);
    }

    /** A request that is broken off at once: both arrive together. */
    void requestAndReset(int stream, String path) throws IOException {
        var frames = new ByteArrayOutputStream();
        frames.writeBytes(frame(HEADERS, END_HEADERS | END_STREAM, stream, headers("GET", path)));
        frames.writeBytes(frame(RESET, 0, stream, CANCEL));
        socket.getOutputStream().write(frames.toByteArray());
    }

    /** Opens the window of a stream, so that a short body can be sent to it. */
    void open(int stream) throws IOException {
        send(WINDOW_UPDATE, 0, stream, new byte[] {0, 0, 16, 0});
    }

    void reset(int stream) throws IOException {
        send(RESET, 0, stream, CANCEL);
    }

    /** A frame that belongs to no request. */
    void ping() throws IOException {
        send(PING, 0, 0, new byte[8]);
    }

    /** A request with a body of so many zeros: less than the server's window. */
    void request(int stream, String path, int length) throws IOException {
        upload(stream, path);
        for (int left = length; left > 0; left -= LARGEST_FRAME) {
            send(DATA, left > LARGEST_FRAME ? 0 : END_STREAM, stream, new byte[Math.min(left, LARGEST_FRAME)]);
        }
    }

    private static byte[] headers(String method, String path) {
        var block = new ByteArrayOutputStream();
        // fields of the static table of HPACK: name and value, or a name by its index
        switch (method) {
            case "GET" -> block.write(0x82);
            case "POST" -> block.write(0x83);
            default -> literal(block, 2, method);
        }
        block.write(0x87);
        literal(block, 4, path);
        literal(block, 1, "localhost");
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        block.write(name);
        block.write(value.length());
        block.writeBytes(value.getBytes(US_ASCII));
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        socket.getOutputStream().write(frame(type, flags, stream, payload));
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Reads until a frame of this type comes for this stream. */
    void await(int type, int stream) throws IOException {
        var expected = new Frame(type, stream);
        while (!next().equals(expected)) {
            // another one
        }
    }

    private Frame next() throws IOException {
        int start = in.readInt();
        in.readByte();
        int stream = in.readInt();
        in.readNBytes(start >>> 8);
        return new Frame(start & 0xff, stream);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
