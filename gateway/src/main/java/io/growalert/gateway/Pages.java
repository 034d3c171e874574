package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.growalert.runtime.brand.Brand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import tools.jackson.databind.json.JsonMapper;

/** The pages, read at the start: a request is looked up by name, and never reads a file. */
final class Pages {
    private static final String FOLDER = "io/growalert/gateway/pages/";
    private static final String CONSOLE_FOLDER = "io/growalert/console/pages/";
    private static final String CONSOLE = "/console";
    private static final Pattern OF_CUSTOMERS =
            Pattern.compile("/(register|success|sign-in|account|account-page|email-confirm|brand)[./].*");
    /** Pages that show the brand; other files have no placeholders. */
    private static final Pattern TEMPLATE = Pattern.compile("/[a-z-]+\\.html");
    /** Where the console has files; every other path below it is a page of the console's script. */
    private static final Pattern CONSOLE_FILE = Pattern.compile(
            "/console/(?:assets|vendor)/.*|.*\\.(?:css|gif|html|ico|jpg|js|json|map|mjs|png|svg|txt|woff2)");
    /** Short, so that a new version is seen soon. */
    private static final CacheControl CACHING =
            CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic();

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, Asset> pages = new LinkedHashMap<>();
    private final byte[] config;

    /**
     * The response of {@code /page-config}.
     *
     * @param stripeJs the address of Stripe.js
     * @param stripe whether it is Stripe's, so that real money moves
     * @param brand what customers see
     * @param oidc whether operators can sign in at {@code /session/oidc}; absent when not
     */
    private record PageConfig(
            URI stripeJs,
            boolean stripe,
            PageBrand brand,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Boolean oidc) {}

    Pages(GatewaySettings settings, Brand brand) {
        var shown = new PageBrand(brand);
        config = JSON.writeValueAsBytes(new PageConfig(
                settings.stripe().script(),
                settings.stripe().isStripesOwn(),
                shown,
                settings.oidc() == null ? null : true));
        try {
            read(
                    FOLDER,
                    "/",
                    name -> settings.billing() || !OF_CUSTOMERS.matcher(name).matches(),
                    shown);
            read(CONSOLE_FOLDER, CONSOLE + "/", _ -> true, shown);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (settings.billing()) {
            pages.put(shown.logo(), new Asset(shown.logo(), brand.mark().bytes()));
            pages.put(PageBrand.STYLE, new Asset(PageBrand.STYLE, shown.style().getBytes(UTF_8)));
        }
    }

    private void read(String folder, String root, Predicate<String> belongs, PageBrand brand) throws IOException {
        for (var file : new PathMatchingResourcePatternResolver().getResources("classpath*:" + folder + "**")) {
            var place = file.getURL().toString();
            var name = root + place.substring(place.indexOf(folder) + folder.length());
            if (belongs.test(name) && !place.endsWith("/") && file.isReadable()) {
                pages.put(
                        name,
                        new Asset(
                                name,
                                TEMPLATE.matcher(name).matches()
                                        ? brand.page(file.getContentAsString(UTF_8))
                                                .getBytes(UTF_8)
                                        : file.getContentAsByteArray()));
            }
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
        var page = find(path);
        if (page != null) {
            return page.answer(request, OperatorPaths.owns(path) ? CacheControl.noCache() : CACHING);
        }
        if (path.equals("/")) {
            var start = pages.containsKey("/register.html") ? "/register.html" : CONSOLE;
            return ServerResponse.temporaryRedirect(URI.create(start)).build();
        }
        return OwnRoutes.problem(GatewayProblem.NOT_FOUND, null);
    }

    /** A file of the console, or its one page, whose script reads the path. A browser validates each of them on each use. */
    ServerResponse console(ServerRequest request) {
        var path = request.path();
        var file = find(path);
        if (file == null && !CONSOLE_FILE.matcher(path).matches()) {
            file = find(CONSOLE);
        }
        return file == null
                ? OwnRoutes.problem(GatewayProblem.NOT_FOUND, null)
                : file.answer(request, CacheControl.noCache());
    }

    private @Nullable Asset find(String path) {
        var page = pages.get(path);
        return page == null ? pages.get(path.endsWith("/") ? path + "index.html" : path + "/index.html") : page;
    }
}
