package io.growalert.gateway;

import java.nio.ByteBuffer;

/** The complete body of a request, unchanged, and its share of the memory for bodies, which {@link #close} returns. */
final class Body implements AutoCloseable {
    static final Body NONE = new Body(new byte[0], 0, () -> {});

    private final byte[] bytes;
    private final int length;
    private final Runnable release;

    Body(byte[] bytes, int length, Runnable release) {
        this.bytes = bytes;
        this.length = length;
        this.release = release;
    }

    int length() {
        return length;
    }

    /** A new view, so that the body can be sent again. */
    ByteBuffer content() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    @Override
    public void close() {
        release.run();
    }
}
