package io.growalert.benchmarks.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Locale;
import java.util.regex.Pattern;

/** Collects one HTTP/1.1 response. */
public final class HttpAnswer {
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z_]+)\"");

    private final ByteBuffer read = ByteBuffer.allocateDirect(64 * 1024);
    private final StringBuilder text = new StringBuilder();

    void clear() {
        text.setLength(0);
    }

    /** Reads what is there; true once the response is complete. */
    boolean isCompleteAfter(ReadableByteChannel channel) throws IOException {
        read.clear();
        if (channel.read(read) < 0) {
            throw new EOFException("closed before the answer was complete");
        }
        text.append(ISO_8859_1.decode(read.flip()));
        int head = text.indexOf(END_OF_HEAD);
        if (head < 0) {
            return false;
        }
        int body = text.length() - head - END_OF_HEAD.length();
        var length = header("content-length");
        if (!length.isEmpty()) {
            return body >= Integer.parseInt(length);
        }
        return !header("transfer-encoding").equals("chunked") || text.indexOf("0" + END_OF_HEAD, head) >= 0;
    }

    int status() {
        return Integer.parseInt(text.substring(9, 12));
    }

    /** The code of its problem details; empty when it has none. */
    String code() {
        return code(text);
    }

    /** Status and code of the beginning of a response. */
    public static String outcome(String text) {
        return text.length() < 12 ? "no HTTP" : (text.substring(9, 12) + " " + code(text)).strip();
    }

    private static String code(CharSequence text) {
        var code = CODE.matcher(text);
        return code.find() ? code.group(1) : "";
    }

    /** Whether the server closes the connection after this response. */
    boolean isLast() {
        return header("connection").equals("close");
    }

    String text() {
        return text.toString();
    }

    private String header(String name) {
        var head = text.substring(0, text.indexOf(END_OF_HEAD) + 2).toLowerCase(Locale.ROOT);
        int start = head.indexOf("\r\n" + name + ":");
        if (start < 0) {
            return "";
        }
        int value = start + name.length() + 3;
        return head.substring(value, head.indexOf("\r\n", value)).strip();
    }
}
