package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** The pages, read at the start: a request is looked up by name, and never reads a file. */
final class Pages {
    private static final String FOLDER = "io/growalert/gateway/pages/";
    private static final Pattern OF_CUSTOMERS = Pattern.compile("/(register|success|sign-in)[./].*");
    /** Short, so that a new version is seen soon. */
    private static final CacheControl CACHING =
            CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic();

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final byte[] config;

    @SuppressWarnings("ArrayRecordComponent") // pages are not compared
    private record Page(byte[] bytes, MediaType type, String tag) {}

    /** The response of {@code /page-config}: the address of Stripe.js, and whether it is Stripe's, so that real money moves. */
    private record PageConfig(URI stripeJs, boolean stripe) {}

    Pages(GatewaySettings settings) {
        config = JSON.writeValueAsBytes(
                new PageConfig(settings.stripe().script(), settings.stripe().isStripesOwn()));
        try {
            for (var file : new PathMatchingResourcePatternResolver().getResources("classpath*:" + FOLDER + "**")) {
                var place = file.getURL().toString();
                var name = place.substring(place.indexOf(FOLDER) + FOLDER.length() - 1);
                boolean belongs =
                        settings.billing() || !OF_CUSTOMERS.matcher(name).matches();
                if (belongs && !place.endsWith("/") && file.isReadable()) {
                    add(name, file.getContentAsByteArray());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String name, byte[] bytes) {
        var type = name.endsWith(".yaml")
                ? MediaType.APPLICATION_YAML
                : MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM);
        var text = type.getType().equals("text") ? new MediaType(type, UTF_8) : type;
        pages.put(name, new Page(bytes, text, tag(bytes)));
    }

    private static String tag(byte[] bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return '"' + HexFormat.of().formatHex(digest, 0, 16) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    ServerResponse config(ServerRequest request) {
        return ServerResponse.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noCache())
                .body(config);
    }

    ServerResponse page(ServerRequest request) {
        var path = request.path();
        var page = pages.get(path);
        if (page == null && pages.containsKey(index(path))) {
            page = pages.get(index(path));
        }
        if (page == null && path.equals("/") && pages.containsKey("/register.html")) {
            return ServerResponse.temporaryRedirect(URI.create("/register.html"))
                    .build();
        }
        if (page == null) {
            return OwnRoutes.problem(GatewayProblem.NOT_FOUND, null);
        }
        var found = page;
        return request.checkNotModified(found.tag()).orElseGet(() -> ServerResponse.ok()
                .contentType(found.type())
                .header(HttpHeaders.ETAG, found.tag())
                .cacheControl(Operators.owns(path) ? CacheControl.noCache() : CACHING)
                .body(found.bytes()));
    }

    private static String index(String path) {
        return path.endsWith("/") ? path + "index.html" : path + "/index.html";
    }
}
