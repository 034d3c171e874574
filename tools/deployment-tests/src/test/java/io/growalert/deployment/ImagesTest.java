package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** What is in the images above their base, which {@code ./verify} cannot reach. */
class ImagesTest {
    private static final Pattern SECRET = Pattern.compile("(?i).*(password|secret|token|key|credential).*");
    private static final Pattern SECRET_FILE =
            Pattern.compile("(?i).*(\\.(pem|key|p12|jks|env)|id_rsa|operator-token|operators\\.json|instance-id)");

    private static final Map<ServiceImage, Contents> READ = new EnumMap<>(ServiceImage.class);

    /** What is in an image without the bytes of its files. */
    private record Contents(ImageTar image, List<List<TarArchiveEntry>> layers) {
        static Contents of(ServiceImage service) {
            assumeTrue(Files.exists(service.tar()), "images are built with -Pimages");
            return READ.computeIfAbsent(service, _ -> {
                var image = ImageTar.read(service.tar());
                var layers = image.layers().stream().map(ImageTar::entries).toList();
                return new Contents(new ImageTar(image.config(), List.of()), layers);
            });
        }

        List<TarArchiveEntry> entries() {
            return layers.stream().flatMap(List::stream).toList();
        }

        JsonNode config() {
            return image.config();
        }
    }

    /** So that a new version of the service is a small download. */
    @ParameterizedTest
    @EnumSource
    void libraries_and_classes_are_layers_apart(ServiceImage service) {
        var contents = Contents.of(service);
        var kinds = contents.layers().stream()
                .map(layer -> layer.stream()
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

    @ParameterizedTest
    @EnumSource
    void nothing_depends_on_when_or_by_whom_it_was_built(ServiceImage service) {
        var contents = Contents.of(service);
        assertThat(Instant.parse(contents.config().get("created").asString())).isEqualTo("2026-11-24T00:00:00Z");
        assertThat(contents.entries()).isNotEmpty().allSatisfy(entry -> {
            assertThat(entry.getLongUserId()).isZero();
            assertThat(entry.getLongGroupId()).isZero();
            assertThat(entry.getUserName()).isEmpty();
            assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo("1970-01-01T00:00:01Z");
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_user_is_not_root_and_can_change_no_file(ServiceImage service) {
        var contents = Contents.of(service);
        assertThat(contents.config().at("/config/User").asString()).isEqualTo("10001:10001");
        assertThat(contents.entries()).allSatisfy(entry -> {
            assertThat(entry.getMode() & 022).as(entry.getName()).isZero();
            // no set-user-id either
            assertThat(entry.getMode() & 06000).as(entry.getName()).isZero();
        });
    }

    @ParameterizedTest
    @EnumSource
    void the_entry_point_is_the_jvm_with_the_main_class(ServiceImage service) {
        var contents = Contents.of(service);
        assertThat(contents.image().entrypoint())
                .containsExactly(
                        "java",
                        "-XX:MaxRAMPercentage=75",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        "@/app/jib-classpath-file",
                        service.mainClass());
    }

    @ParameterizedTest
    @EnumSource
    void port_variables_volume_and_labels_are_those_of_the_service(ServiceImage service) {
        var contents = Contents.of(service);
        var config = contents.config().get("config");

        assertThat(contents.image().environment())
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

    @ParameterizedTest
    @EnumSource
    void there_is_no_secret_in_it(ServiceImage service) {
        var contents = Contents.of(service);
        assertThat(contents.image().environment().keySet())
                .noneMatch(name -> SECRET.matcher(name).matches());
        assertThat(contents.entries()).map(TarArchiveEntry::getName).noneMatch(name -> SECRET_FILE
                .matcher(Path.of(name).getFileName().toString())
                .matches());
    }
}
