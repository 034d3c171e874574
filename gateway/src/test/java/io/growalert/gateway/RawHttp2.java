package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 that sends what it wants and opens no flow control window: no byte of a body can be sent to it. */
final class RawHttp2 implements AutoCloseable {
    static final int HEADERS = 1;
    static final int RESET = 3;
    private static final int SETTINGS = 4;

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
        var block = new ByteArrayOutputStream();
        // fields of the static table of HPACK: name and value, or a name by its index
        block.write(method.equals("GET") ? 0x82 : 0x83);
        block.write(0x87);
        literal(block, 4, path);
        literal(block, 1, "localhost");
        send(HEADERS, 0x5, stream, block.toByteArray());
    }

    private static void literal(ByteArrayOutputStream block, int name, String value) {
        block.write(name);
        block.write(value.length());
        block.writeBytes(value.getBytes(US_ASCII));
    }

    private void send(int type, int flags, int stream, byte[] payload) throws IOException {
        socket.getOutputStream()
                .write(ByteBuffer.allocate(9 + payload.length)
                        .putInt(payload.length << 8 | type)
                        .put((byte) flags)
                        .putInt(stream)
                        .put(payload)
                        .array());
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
