package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code docker-compose.yml} says of the services; {@code ./verify} validates it with docker-compose where that is installed. */
class ComposeTest {
    private final Map<String, JsonNode> services = services();

    /** With its anchors and merge keys resolved. */
    private static Map<String, JsonNode> services() {
        try (var file = Files.newBufferedReader(ServiceImage.ROOT.resolve("docker-compose.yml"))) {
            JsonNode tree = new YAMLMapper().valueToTree(new Yaml().load(file));
            return tree.path("services")
                    .propertyStream()
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode service(String name) {
        return Objects.requireNonNull(services.get(name), name);
    }

    private Stream<JsonNode> own() {
        return Stream.of(ServiceImage.values()).map(service -> service(service.text()));
    }

    @Test
    void each_service_runs_its_image_without_rights() {
        assertThat(own()).allSatisfy(service -> {
            assertThat(service.path("read_only").asBoolean(false)).isTrue();
            assertThat(service.at("/cap_drop/0").asString()).isEqualTo("ALL");
            assertThat(service.at("/security_opt/0").asString()).isEqualTo("no-new-privileges:true");
            assertThat(service.at("/tmpfs/0").asString()).startsWith("/tmp:exec");
            assertThat(service.has("user")).isFalse();
            assertThat(service.has("build")).isFalse();
            // the names are not the project's at a public registry
            assertThat(service.path("pull_policy").asString()).isEqualTo("never");
        });
        for (var service : ServiceImage.values()) {
            assertThat(service(service.text()).path("image").asString()).isEqualTo("growalert/" + service.text());
        }
    }

    @Test
    void each_service_but_the_sandbox_reports_its_health() {
        assertThat(Stream.of(ServiceImage.values())
                        .filter(service -> service != ServiceImage.STRIPE_SANDBOX)
                        .map(service -> service(service.text()).at("/healthcheck/test")))
                .allSatisfy(test -> assertThat(test.toString()).contains("bash", "/health HTTP/1.0", " 200"));
    }

    /** A volume that an engine creates is root's. */
    @Test
    void each_volume_of_a_service_is_given_to_its_user_before() {
        var prepared = service("volumes");
        var owned = new HashMap<String, String>();
        prepared.path("volumes").forEach(mount -> {
            var parts = mount.asString().split(":", -1);
            owned.put(parts[0], parts[1]);
        });
        var written = own().flatMap(service -> service.path("volumes").valueStream())
                .map(JsonNode::asString)
                .filter(mount -> mount.matches("[a-z-]+:[^:]+"))
                .map(mount -> mount.split(":", -1)[0])
                .distinct()
                .toList();

        assertThat(owned.keySet()).containsExactlyInAnyOrderElementsOf(written);
        assertThat(prepared.path("entrypoint").valueStream().map(JsonNode::asString))
                .startsWith("chown", "10001:10001")
                .containsAll(owned.values());
        assertThat(own().filter(service -> service.path("volumes")
                                .valueStream()
                                .map(JsonNode::asString)
                                .anyMatch(mount -> mount.matches("[a-z-]+:[^:]+")))
                        .map(service ->
                                service.at("/depends_on/volumes/condition").asString()))
                .hasSize(4)
                .containsOnly("service_completed_successfully");
    }

    @Test
    void each_setting_is_one_that_the_service_has() {
        for (var service : ServiceImage.values()) {
            if (service != ServiceImage.STRIPE_SANDBOX) {
                var environment = new HashMap<String, String>();
                service(service.text())
                        .path("environment")
                        .propertyStream()
                        .filter(variable -> variable.getKey().startsWith("GROWALERT_"))
                        .forEach(variable -> environment.put(variable.getKey(), value(variable)));
                ServiceSettings.of(service.text()).requireKnown(environment, List.of());
            }
        }
    }

    /** The default of a variable, or a value that suits those without one; a brand's are validated. */
    private static String value(Map.Entry<String, JsonNode> variable) {
        var value = variable.getValue()
                .asString()
                .replaceAll("\\$\\{\\w+:-([^}]*)}", "$1")
                .replaceAll("\\$\\{\\w+:\\?[^}]*}", "");
        if (!value.isEmpty()) {
            return value;
        }
        return switch (variable.getKey()) {
            case "GROWALERT_BRAND_LOGO" -> "../../docs/pictures/overview.png";
            case "GROWALERT_BRAND_SUPPORT", "GROWALERT_BILLING_CUSTOMER_MAIL_FROM" -> "support@example.com";
            default -> variable.getKey().startsWith("GROWALERT_BRAND_") ? "https://example.com/" : "example";
        };
    }
}
