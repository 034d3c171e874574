package io.growalert.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** {@code openapi.yaml} describes every route, page and error code of the gateway. */
class DocumentTest {
    private static final String PAGES = "io/growalert/gateway/pages";

    @Test
    void every_route_is_described() throws IOException {
        String routes;
        List<String> templates;
        try (var gateway =
                Gateway.start(Map.of("server.port", 0, "growalert.gateway.operator-token", RunningGateway.TOKEN))) {
            var paths = gateway.getBean(RouteTable.class).paths();
            templates = paths.stream().filter(path -> path.contains("{")).toList();
            // its toString lists its predicates
            routes = gateway.getBean("routing") + " "
                    + paths.stream().filter(path -> !path.contains("{")).collect(Collectors.joining(" "));
        }

        var plain = matches("(?<![\\w/])/[\\w/*-]+", routes).stream()
                .filter(path -> !path.contains("*"))
                .toList();
        assertThat(described()).containsAll(templates);
        assertThat(plain).contains("/webhook", "/health").containsAll(RouteTable.CUSTOMERS);
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

    @ParameterizedTest
    @EnumSource(GatewayProblem.class)
    void every_code_is_described(GatewayProblem problem) throws IOException {
        assertThat(new ClassPathResource(PAGES + "/docs/openapi.yaml").getContentAsString(UTF_8))
                .containsPattern("\\b" + problem.code() + "\\b");
        assertThat(Files.readString(Path.of("../docs/gateway.md")).lines())
                .anyMatch(line -> line.matches(
                        "\\|[ 0-9,]*\\b" + problem.status().value() + "\\b.*\\|.*`" + problem.code() + "`.*"));
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
