package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** A file of a page in memory. It is compressed once, when the first client accepts that. */
final class Asset {
    /** In bytes; less is not worth it. */
    private static final int COMPRESSED = 512;

    private static final Set<String> TEXTS = Set.of("application/json", "application/yaml", "image/svg+xml");
    private static final Pattern ACCEPTED = Pattern.compile("\\s*(?:x-)?gzip\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*$).*)?");

    private final byte[] bytes;
    private final MediaType type;
    private final String tag;
    private final boolean compressible;
    private volatile byte @Nullable [] compressed;

    /** @param name whose extension decides the media type */
    Asset(String name, byte[] bytes) {
        this.bytes = bytes;
        var known = name.endsWith(".yaml")
                ? MediaType.APPLICATION_YAML
                : MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM);
        boolean text = known.getType().equals("text");
        type = text ? new MediaType(known, UTF_8) : known;
        tag = tag(bytes);
        compressible = bytes.length >= COMPRESSED && (text || TEXTS.contains(known.toString()));
    }

    private static String tag(byte[] bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    ServerResponse answer(ServerRequest request, CacheControl caching) {
        boolean gzip = compressible && acceptsGzip(request);
        // another representation, which has to have another tag
        var current = gzip ? '"' + tag + "-gzip\"" : '"' + tag + '"';
        return request.checkNotModified(current).orElseGet(() -> ServerResponse.ok()
                .contentType(type)
                .headers(headers -> {
                    headers.setETag(current);
                    headers.setCacheControl(caching);
                    if (compressible) {
                        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
                    }
                    if (gzip) {
                        headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
                    }
                })
                .body(gzip ? compressed() : bytes));
    }

    static boolean acceptsGzip(ServerRequest request) {
        return request.headers().header(HttpHeaders.ACCEPT_ENCODING).stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .anyMatch(coding -> ACCEPTED.matcher(coding).matches());
    }

    private byte[] compressed() {
        var known = compressed;
        if (known == null) {
            known = gzip(bytes);
            compressed = known;
        }
        return known;
    }

    static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
