package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** What the gateway has a route or a page for, {@code openapi.yaml} names. */
class DocumentTest {
    private static final String PAGES = "io/growalert/gateway/pages";

    @Test
    void every_route_is_described() throws IOException {
        String routes;
        try (var gateway =
                Gateway.start(Map.of("server.port", 0, "growalert.gateway.operator-token", RunningGateway.TOKEN))) {
            // it tells its predicates
            routes = String.valueOf(gateway.getBean("routing"));
        }

        var plain = matches("(?<![\\w/])/[\\w/*-]+", routes).stream()
                .filter(path -> !path.contains("*"))
                .toList();
        assertThat(plain).contains("/webhook", "/health").containsAll(Routes.CUSTOMERS);
        assertThat(described()).containsAll(plain);
    }

    @Test
    void every_page_is_described() throws IOException {
        var patterns = described().stream()
                .map(path -> path.replace(".", "\\.").replaceAll("\\{\\w+}", "[^/]+"))
                .toList();

        assertThat(new PathMatchingResourcePatternResolver().getResources("classpath:" + PAGES + "/**/*.*"))
                .hasSizeGreaterThan(10)
                .allSatisfy(file -> {
                    var name = file.getURL().toString().replaceFirst(".*" + PAGES, "");
                    assertThat(patterns).as(name).anyMatch(name::matches);
                });
    }

    private static List<String> described() throws IOException {
        var document = new ClassPathResource(PAGES + "/docs/openapi.yaml").getContentAsString(UTF_8);
        return matches("(?m)^  (/.*):$", document);
    }

    private static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group().strip().replaceFirst(":$", ""))
                .distinct()
                .toList();
    }
}
