package io.growalert.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.growalert.definitions.Problems;
import io.growalert.definitions.Variables;
import io.growalert.dispatcher.ReceiverCheck;
import io.growalert.monitor.definitions.DefinitionCheck;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The manifests in {@code deploy/kubernetes}, rendered, but not applied: that needs a cluster. */
class KubernetesTest {
    private static final String EXAMPLE = "overlays/example";
    private static final String COMPONENT = "app.kubernetes.io/component";

    private static Manifests rendered(String folder) throws Exception {
        var rendered = Manifests.render(folder);
        assumeTrue(rendered.isPresent(), "kubectl is not installed");
        return rendered.orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", EXAMPLE})
    void each_object_has_only_fields_that_the_api_has(String folder) throws Exception {
        var objects = rendered(folder).objects();

        assertThat(objects).hasSizeGreaterThan(15);
        for (var object : objects) {
            Manifests.validate(object);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/spec, replica",
        "/spec/template/spec, automountServiceAccountTokens",
        "/spec/template/spec/securityContext, runAsNonroot",
        "/spec/template/spec/containers/0/securityContext, readOnlyRootFilesytem",
        "/spec/template/spec/containers/0/livenessProbe/httpGet, url"
    })
    void a_misspelled_field_would_be_refused(String place, String field) throws Exception {
        var workload = rendered("base").one("StatefulSet", "alert-dispatcher").deepCopy();
        ((ObjectNode) workload.at(place)).put(field, true);

        assertThatThrownBy(() -> Manifests.validate(workload)).hasMessageContaining(field);
    }

    @Test
    void each_service_has_a_workload_and_those_with_a_data_folder_are_stateful() throws Exception {
        var manifests = rendered(EXAMPLE);

        assertThat(manifests.workloads().stream().collect(Collectors.toMap(Manifests::name, Manifests::kind)))
                .isEqualTo(Map.of(
                        "monitor-service", "StatefulSet",
                        "alert-dispatcher", "StatefulSet",
                        "history-service", "Deployment",
                        "billing-service", "Deployment",
                        "gateway", "Deployment"));
        for (var stateful : manifests.of("StatefulSet")) {
            assertThat(stateful.at("/spec/volumeClaimTemplates/0/metadata/name").asString())
                    .isEqualTo("data");
            assertThat(Manifests.environment(stateful)).containsValue("/data");
        }
    }

    @Test
    void no_pod_has_a_right_that_it_does_not_need() throws Exception {
        for (var workload : rendered(EXAMPLE).workloads()) {
            var pod = Manifests.pod(workload);
            var context = Manifests.container(workload).path("securityContext");

            assertThat(pod.path("containers")).as(Manifests.name(workload)).hasSize(1);
            assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean(false)).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt(0)).isEqualTo(10001);
            assertThat(pod.at("/securityContext/seccompProfile/type").asString())
                    .isEqualTo("RuntimeDefault");
            assertThat(context.path("readOnlyRootFilesystem").asBoolean(false)).isTrue();
            assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
            assertThat(context.at("/capabilities/drop/0").asString()).isEqualTo("ALL");
            assertThat(mount(workload, "tmp").path("mountPath").asString()).isEqualTo("/tmp");
            assertThat(Manifests.container(workload).path("resources").has("limits"))
                    .isTrue();
            assertThat(Manifests.container(workload).path("resources").has("requests"))
                    .isTrue();
        }
    }

    private static JsonNode mount(JsonNode workload, String volume) {
        return Manifests.container(workload)
                .path("volumeMounts")
                .valueStream()
                .filter(mount -> mount.path("name").asString().equals(volume))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void each_mount_is_of_a_volume_whose_objects_exist() throws Exception {
        var manifests = rendered(EXAMPLE);
        for (var workload : manifests.workloads()) {
            var volumes = Manifests.pod(workload)
                    .path("volumes")
                    .valueStream()
                    .map(volume -> volume.path("name").asString())
                    .collect(Collectors.toSet());
            workload.at("/spec/volumeClaimTemplates").forEach(claim -> volumes.add(Manifests.name(claim)));

            assertThat(Manifests.container(workload)
                            .path("volumeMounts")
                            .valueStream()
                            .map(mount -> mount.path("name").asString()))
                    .as(Manifests.name(workload))
                    .containsExactlyInAnyOrderElementsOf(volumes);
            // throws when an object is missing
            assertThat(manifests.files(workload)).isNotEmpty();
        }
    }

    @Test
    void each_file_that_a_setting_names_is_mounted() throws Exception {
        var manifests = rendered(EXAMPLE);
        for (var workload : manifests.workloads()) {
            var named = Manifests.environment(workload).values().stream()
                    .map(value -> value.replaceFirst("^file:", ""))
                    .filter(value -> value.startsWith("/etc/"))
                    .toList();

            assertThat(named).as(Manifests.name(workload)).isNotEmpty();
            assertThat(manifests.files(workload)).containsAll(named);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", EXAMPLE})
    void each_setting_is_one_that_the_service_has(String folder) throws Exception {
        var manifests = rendered(folder);
        for (var workload : manifests.workloads()) {
            var secrets = folder.equals("base") ? List.<String>of() : manifests.files(workload);
            ServiceSettings.of(Manifests.name(workload))
                    .requireKnown(
                            Manifests.environment(workload),
                            secrets.stream()
                                    .filter(file -> file.startsWith("/etc/growalert/secrets/growalert."))
                                    .map(file -> file.substring(file.lastIndexOf('/') + 1))
                                    .toList());
        }
    }

    @Test
    void an_unknown_setting_would_be_refused() {
        var settings = ServiceSettings.of("alert-dispatcher");
        var files = "GROWALERT_DISPATCHER_FILES";

        assertThatThrownBy(() -> settings.requireKnown(
                        Map.of(files, "farm.yaml", "GROWALERT_DISPATCHER_KAFKAS", "kafka:9092"), List.of()))
                .hasStackTraceContaining("kafkas");
        assertThatThrownBy(() -> settings.requireKnown(
                        Map.of(files, "farm.yaml"), List.of("growalert.dispatcher.database.passwort")))
                .hasStackTraceContaining("passwort");
        assertThatThrownBy(() -> settings.requireKnown(Map.of("GROWALERT_MONITOR_KAFKA", "kafka:9092"), List.of()))
                .hasMessageContaining("GROWALERT_MONITOR_KAFKA");
    }

    /** The names of the probes are tested by {@code HealthStatusTest} and the gateway's {@code OutagesTest}. */
    @Test
    void each_probe_is_of_the_service_itself_and_a_stop_has_time() throws Exception {
        for (var workload : rendered(EXAMPLE).workloads()) {
            boolean isGateway = Manifests.name(workload).equals("gateway");
            var container = Manifests.container(workload);
            var live = isGateway ? "/health/live" : "/actuator/health/liveness";

            assertThat(container.at("/startupProbe/httpGet/path").asString()).isEqualTo(live);
            assertThat(container.at("/livenessProbe/httpGet/path").asString()).isEqualTo(live);
            assertThat(container.at("/readinessProbe/httpGet/path").asString())
                    .isEqualTo(isGateway ? live : "/actuator/health/readiness");
            for (var probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.at("/%s/httpGet/port".formatted(probe)).asString())
                        .isEqualTo(container.at("/ports/0/name").asString());
            }
            int grace = Manifests.pod(workload)
                    .path("terminationGracePeriodSeconds")
                    .asInt();
            var stop = ServiceSettings.of(Manifests.name(workload)).longestStop();
            assertThat(grace).as(Manifests.name(workload)).isGreaterThan((int) stop.toSeconds() + 5);
        }
    }

    /** Else a longer migration, which begins anew when it is cut off, would never end. */
    @Test
    void a_service_with_a_database_has_an_hour_to_start() throws Exception {
        var withDatabase = rendered(EXAMPLE).workloads().stream()
                .filter(workload -> Manifests.environment(workload).keySet().stream()
                        .anyMatch(name -> name.endsWith("_DATABASE_URL")))
                .toList();

        assertThat(withDatabase)
                .map(Manifests::name)
                .containsExactlyInAnyOrder("alert-dispatcher", "history-service", "billing-service");
        for (var workload : withDatabase) {
            var probe = Manifests.container(workload).path("startupProbe");
            int period = probe.path("periodSeconds").asInt();
            int failures = probe.path("failureThreshold").asInt();
            assertThat(period * failures).as(Manifests.name(workload)).isGreaterThanOrEqualTo(3_600);
        }
    }

    @Test
    void each_service_is_reached_by_its_name_and_port() throws Exception {
        var manifests = rendered(EXAMPLE);
        for (var service : manifests.of("Service")) {
            var workload = manifests.workloads().stream()
                    .filter(there -> Manifests.name(there).equals(Manifests.name(service)))
                    .findFirst()
                    .orElseThrow();
            assertThat(service.at("/spec/selector").path(COMPONENT))
                    .isEqualTo(workload.at("/spec/template/metadata/labels").path(COMPONENT));
            assertThat(service.at("/spec/ports/0/targetPort"))
                    .isEqualTo(Manifests.container(workload).at("/ports/0/name"));
        }
        for (var stateful : manifests.of("StatefulSet")) {
            manifests.one("Service", stateful.at("/spec/serviceName").asString());
        }
        var backends = Manifests.environment(manifests.one("Deployment", "gateway")).values().stream()
                .filter(value -> value.startsWith("http://"))
                .map(URI::create)
                .toList();
        assertThat(backends).hasSize(4);
        for (var backend : backends) {
            var service = manifests.one("Service", backend.getHost());
            assertThat(service.at("/spec/ports/0/port").asInt()).isEqualTo(backend.getPort());
            assertThat(Manifests.environment(manifests.workloads().stream()
                            .filter(there -> Manifests.name(there).equals(backend.getHost()))
                            .findFirst()
                            .orElseThrow()))
                    .containsEntry("GROWALERT_HTTP_HOSTS", backend.getHost());
        }
    }

    @Test
    void each_service_has_a_budget_and_only_the_gateway_is_open() throws Exception {
        var manifests = rendered(EXAMPLE);
        var names = manifests.workloads().stream().map(Manifests::name).toList();

        assertThat(manifests.of("PodDisruptionBudget")).map(Manifests::name).containsExactlyInAnyOrderElementsOf(names);
        assertThat(manifests.of("PodDisruptionBudget")).allSatisfy(budget -> assertThat(
                        budget.at("/spec/selector/matchLabels").path(COMPONENT).asString())
                .isEqualTo(Manifests.name(budget)));
        var services = manifests.one("NetworkPolicy", "services").path("spec");
        assertThat(services.at("/podSelector/matchExpressions/0/values")
                        .valueStream()
                        .map(JsonNode::asString))
                .containsExactlyInAnyOrderElementsOf(
                        names.stream().filter(name -> !name.equals("gateway")).toList());
        assertThat(services.at("/ingress/0/from/0/podSelector/matchLabels")
                        .path(COMPONENT)
                        .asString())
                .isEqualTo("gateway");
    }

    @Test
    void the_example_s_definitions_are_valid(@TempDir Path folder) throws Exception {
        var text = Files.readString(ServiceImage.ROOT.resolve("deploy/kubernetes/overlays/example/definitions.yaml"));
        Files.writeString(folder.resolve("farm-db"), "password");
        Files.writeString(folder.resolve("hook"), "whsec_c2VjcmV0");
        var file = Files.writeString(
                folder.resolve("definitions.yaml"),
                text.replaceAll("/etc/growalert/(source|receiver)-secrets", folder.toString()));
        var problems = new Problems();

        assertThat(DefinitionCheck.of(List.of(file), Variables.environment(), "default")
                        .problems())
                .isEmpty();
        assertThat(ReceiverCheck.check(List.of(file), Variables.environment(), problems))
                .isNotEmpty();
        assertThat(problems.inOrder()).isEmpty();
    }

    @Test
    void the_example_runs_the_images_of_this_version() throws Exception {
        var version = Pattern.compile("<artifactId>growalert</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Files.readString(ServiceImage.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();

        assertThat(rendered(EXAMPLE).workloads())
                .extracting(
                        workload -> Manifests.container(workload).path("image").asString())
                .allMatch(image -> image.endsWith(":" + version.group(1)));
    }

    @Test
    void no_secret_is_real() throws Exception {
        try (var files = Files.list(ServiceImage.ROOT.resolve("deploy/kubernetes/overlays/example/secrets"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> !Set.of(".gitignore").contains(name)))
                    .isNotEmpty()
                    .allMatch(name -> name.endsWith(".example"));
        }
    }
}
