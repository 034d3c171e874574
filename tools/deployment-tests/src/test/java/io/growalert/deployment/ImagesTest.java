package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What is in the images above their base, which {@code ./verify} cannot reach. */
@ParameterizedClass
@EnumSource(ServiceImage.class)
class ImagesTest {
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token|key|credential).*");
    private static final Pattern SECRET_FILE =
            Pattern.compile("(?i).*(\\.(pem|key|p12|jks|env)|id_rsa|operator-token|operators\\.json|instance-id)");

    private final ServiceImage service;
    private final ImageTar image;

    ImagesTest(ServiceImage service) {
        assumeTrue(Files.exists(service.tar()), "images are built with -Pimages");
        this.service = service;
        image = ImageTar.read(service.tar());
    }

    /** So that a new version of the service is a small download. */
    @Test
    void libraries_and_classes_are_layers_apart() {
        var kinds = image.layers().stream()
                .map(layer -> ImageTar.entries(layer).stream()
                        .filter(TarArchiveEntry::isFile)
                        .map(entry -> kind(entry.getName()))
                        .collect(Collectors.toSet()))
                .toList();

        assertThat(kinds).allSatisfy(layer -> assertThat(layer).hasSize(1));
        assertThat(kinds.getFirst()).containsExactly("libraries");
        assertThat(kinds.stream().flatMap(layer -> layer.stream()))
                .doesNotHaveDuplicates()
                .contains("classes");
    }

    private static String kind(String path) {
        if (path.startsWith("app/libs/")) {
            return path.contains("SNAPSHOT") ? "own libraries" : "libraries";
        }
        return path.startsWith("app/") ? path.split("/", -1)[1].replaceFirst("^jib-.*", "arguments") : path;
    }

    @Test
    void nothing_depends_on_when_or_by_whom_it_was_built() {
        assertThat(Instant.parse(image.config().get("created").asString())).isEqualTo("2026-11-24T00:00:00Z");
        assertThat(image.entries()).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.getLongUserId()).isZero();
            assertThat(entry.getLongGroupId()).isZero();
            assertThat(entry.getUserName()).isEmpty();
            assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo("1970-01-01T00:00:01Z");
        });
    }

    @Test
    void the_user_is_not_root_and_can_change_no_file() {
        assertThat(image.config().at("/config/User").asString()).isEqualTo("10001:10001");
        assertThat(image.entries()).allSatisfy(entry -> {
            assertThat(entry.getMode() & 022).as(entry.getName()).isZero();
            // no set-user-id either
            assertThat(entry.getMode() & 06000).as(entry.getName()).isZero();
        });
    }

    @Test
    void the_entry_point_is_the_jvm_with_the_main_class() {
        assertThat(image.entrypoint())
                .containsExactly(
                        "java",
                        "-XX:MaxRAMPercentage=75",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        "@/app/jib-classpath-file",
                        service.mainClass());
    }

    @Test
    void port_variables_volume_and_labels_are_those_of_the_service() {
        var config = image.config().get("config");

        assertThat(image.environment())
                .isEqualTo(Map.of("SERVER_ADDRESS", "0.0.0.0", "SERVER_PORT", String.valueOf(service.port())));
        assertThat(names(config.get("ExposedPorts"))).containsExactly(service.port() + "/tcp");
        assertThat(names(config.path("Volumes"))).isEqualTo(service.hasData() ? List.of("/data") : List.of());
        assertThat(config.get("Labels").get("org.opencontainers.image.title").asString())
                .isEqualTo(service.text());
        assertThat(names(config.get("Labels")))
                .containsExactlyInAnyOrder(
                        "org.opencontainers.image.title",
                        "org.opencontainers.image.description",
                        "org.opencontainers.image.version",
                        "org.opencontainers.image.licenses");
    }

    private static List<String> names(JsonNode object) {
        return List.copyOf(object.propertyNames());
    }

    @Test
    void there_is_no_secret_in_it() {
        assertThat(image.environment().keySet())
                .noneMatch(name -> SECRET.matcher(name).matches());
        assertThat(image.entries()).map(TarArchiveEntry::getName).noneMatch(name -> SECRET_FILE
                .matcher(Path.of(name).getFileName().toString())
                .matches());
    }
}
