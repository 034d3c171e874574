package io.growalert.dispatcher.handler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.growalert.dispatcher.link.AckLinks;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Texts that operators do not see: a server may repeat a secret in its answer. */
public final class SecretTexts {
    private static final String HIDDEN = "***";
    private static final Pattern SECRET_HEADER =
            Pattern.compile("auth|cookie|key|secret|token", Pattern.CASE_INSENSITIVE);
    private static final Pattern PARTS = Pattern.compile("[/:&=]");
    /** A shorter value of any header, or part of a URL, is no secret, and hides what is none. */
    private static final int SHORTEST = 8;

    /** The longest first, since one may be a part of another. */
    private final List<String> texts;

    public SecretTexts(Collection<String> secrets) {
        texts = secrets.stream()
                .flatMap(secret ->
                        Stream.of(secret, encoded(secret), encoded(secret).replace("+", "%20")))
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static String encoded(String secret) {
        return URLEncoder.encode(secret, UTF_8);
    }

    /** A URL, and the parts of its user information, path and query that may be secret. */
    public static Stream<String> inUrl(URI url) {
        var parts = Stream.of(url.getRawUserInfo(), url.getRawPath(), url.getRawQuery())
                .filter(Objects::nonNull)
                .flatMap(PARTS::splitAsStream)
                .filter(part -> part.length() >= SHORTEST);
        return Stream.concat(Stream.of(url.toString()), parts);
    }

    /** The values of request headers that may be secret, and what follows the scheme in one such as {@code Bearer TOKEN}. */
    public static Stream<String> inHeaders(Map<String, String> headers) {
        return headers.entrySet().stream()
                .filter(header ->
                        isSecretHeader(header.getKey()) || header.getValue().length() >= SHORTEST)
                .map(Map.Entry::getValue)
                .flatMap(value -> Stream.of(value, value.substring(value.indexOf(' ') + 1)));
    }

    public static boolean isSecretHeader(String name) {
        return SECRET_HEADER.matcher(name).find();
    }

    /** The text with {@code ***} for secrets, and for the tokens of links. */
    public String hide(String text) {
        var hidden = text;
        for (var secret : texts) {
            hidden = hidden.replace(secret, HIDDEN);
        }
        return AckLinks.hide(hidden);
    }
}
