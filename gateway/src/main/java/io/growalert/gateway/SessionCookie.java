package io.growalert.gateway;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** The cookie of a browser's session. Under https its name has the prefix that only this host can set. */
final class SessionCookie {
    private static final String NAME = "growalert-console";
    private static final String HTTPS_NAME = "__Host-" + NAME;
    private static final Set<String> NAMES = Set.of(NAME, HTTPS_NAME);

    private SessionCookie() {}

    private static String name(boolean secure) {
        return secure ? HTTPS_NAME : NAME;
    }

    /** The values of the cookies with its name; several, when another path or host set one as well. */
    static List<String> values(HttpFields headers, boolean secure) {
        return headers.getFields(HttpHeader.COOKIE).stream()
                .flatMap(field -> Arrays.stream(String.valueOf(field.getValue()).split(";")))
                .filter(pair -> name(pair).equals(name(secure)))
                .map(pair -> pair.substring(pair.indexOf('=') + 1).strip())
                .toList();
    }

    private static String name(String pair) {
        int end = pair.indexOf('=');
        return end < 0 ? "" : pair.substring(0, end).strip();
    }

    /** The value of {@code Set-Cookie}. Lax, so that links in messages lead to pages with the session. */
    static String set(String value, Duration lifetime, boolean secure) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s"
                .formatted(name(secure), value, lifetime.toSeconds(), secure ? "; Secure" : "");
    }

    /** The value of {@code Set-Cookie} that removes it. */
    static String remove(boolean secure) {
        return set("", Duration.ZERO, secure);
    }

    /** The cookies of this field without the session's, for a service; null when none remains, the same field without one. */
    static @Nullable HttpField without(HttpField cookies) {
        var value = cookies.getValue();
        if (value == null || !value.contains(NAME)) {
            return cookies;
        }
        var pairs = value.split(";");
        if (Arrays.stream(pairs).noneMatch(pair -> NAMES.contains(name(pair)))) {
            return cookies;
        }
        var remaining = Arrays.stream(pairs)
                .filter(pair -> !NAMES.contains(name(pair)))
                .map(String::strip)
                .collect(Collectors.joining("; "));
        return remaining.isEmpty() ? null : new HttpField(HttpHeader.COOKIE, cookies.getName(), remaining);
    }
}
