package io.growalert.gateway;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether every service parses a query in the same way. */
final class Queries {
    private Queries() {}

    /**
     * It has visible ASCII characters only, its escapes are two hexadecimal digits each and UTF-8 together, and no parameter is
     * without a name.
     */
    static boolean isReadable(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return true;
        }
        if (query.startsWith("=") || query.contains("&=") || !query.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            return false;
        }
        return query.indexOf('%') < 0 || isReadable(ByteBuffer.allocate(query.length()), query);
    }

    private static boolean isReadable(ByteBuffer decoded, String query) {
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            if (c == '%') {
                int high = i + 2 < query.length() ? Character.digit(query.charAt(i + 1), 16) : -1;
                int low = i + 2 < query.length() ? Character.digit(query.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    return false;
                }
                decoded.put((byte) (high << 4 | low));
                i += 2;
            } else {
                decoded.put((byte) c);
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(decoded.flip());
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
