package io.growalert.dispatcher.link;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The links in messages that acknowledge what these are about, at the gateway.
 *
 * @param publicUrl where receivers reach the gateway
 */
public record AckLinks(URI publicUrl, LinkKey key) {
    /** The path of the page. */
    public static final String PATH = "/ack";

    /** Its query parameter, and the field of its form. */
    public static final String TOKEN = "t";

    private static final Pattern IN_TEXT =
            Pattern.compile("(ack(?:\\?|%3F)t(?:=|%3D|\\\\u003d))[A-Za-z0-9_-]+", Pattern.CASE_INSENSITIVE);

    private static final Duration LIFETIME = Duration.ofDays(7);

    /** The links when both are set. */
    public static Optional<AckLinks> of(Optional<URI> publicUrl, Optional<LinkKey> key) {
        return publicUrl.flatMap(url -> key.map(signing -> new AckLinks(url, signing)));
    }

    /** Links that no dispatcher accepts, to show messages. */
    public static AckLinks sample(URI publicUrl) {
        return new AckLinks(publicUrl, LinkKey.random());
    }

    /**
     * A link that is valid for 7 days.
     *
     * @param from the same on each attempt, so that each sends the same message
     */
    public String link(AckToken.Kind kind, String id, String receiver, Instant from) {
        var token = new AckToken(kind, id, receiver, from.plus(LIFETIME));
        return "%s%s?%s=%s".formatted(publicUrl.toString().replaceFirst("/+$", ""), PATH, TOKEN, token.text(key));
    }

    /** The text with {@code ***} for the tokens of links, as a server may repeat a message in its answer. */
    public static String hide(String text) {
        return IN_TEXT.matcher(text).replaceAll("$1***");
    }

    public AckToken.Reading read(String token, Instant now) {
        return AckToken.read(token, key, now);
    }

    @Override
    public String toString() {
        return "AckLinks[" + publicUrl + "]";
    }
}
