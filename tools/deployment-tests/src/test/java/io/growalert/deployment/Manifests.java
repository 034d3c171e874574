package io.growalert.deployment;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Namespace;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code kubectl kustomize} renders of a folder. */
record Manifests(List<JsonNode> objects) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path FOLDER = ServiceImage.ROOT.resolve("deploy/kubernetes");

    private interface Model {
        void validate(JsonElement object) throws IOException;
    }

    /** By API version and kind. The models refuse unknown fields. */
    private static final Map<String, Model> MODELS = Map.of(
            "v1 Service", V1Service::validateJsonElement,
            "v1 Namespace", V1Namespace::validateJsonElement,
            "v1 ConfigMap", V1ConfigMap::validateJsonElement,
            "v1 Secret", V1Secret::validateJsonElement,
            "apps/v1 Deployment", V1Deployment::validateJsonElement,
            "apps/v1 StatefulSet", V1StatefulSet::validateJsonElement,
            "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget::validateJsonElement,
            "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy::validateJsonElement);

    /** Empty when kubectl is not installed. */
    static Optional<Manifests> render(String folder) throws Exception {
        boolean isInstalled = Arrays.stream(System.getenv("PATH").split(":", -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "kubectl")));
        if (!isInstalled) {
            return Optional.empty();
        }
        var kubectl = new ProcessBuilder(
                        "kubectl", "kustomize", FOLDER.resolve(folder).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var rendered = kubectl.inputReader().readAllAsString();
        if (kubectl.waitFor() != 0) {
            throw new AssertionError("kubectl kustomize failed for " + folder);
        }
        var objects = new ArrayList<JsonNode>();
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(rendered)) {
            values.forEachRemaining(objects::add);
        }
        return Optional.of(new Manifests(List.copyOf(objects)));
    }

    /** @throws IllegalArgumentException when the API has no such kind here, or a field is unknown or missing */
    static void validate(JsonNode object) throws IOException {
        var kind = object.path("apiVersion").asString() + " " + kind(object);
        var model = MODELS.get(kind);
        if (model == null) {
            throw new IllegalArgumentException("unknown kind: " + kind);
        }
        model.validate(JsonParser.parseString(object.toString()));
    }

    static String kind(JsonNode object) {
        return object.path("kind").asString();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asString();
    }

    List<JsonNode> of(String... kinds) {
        return objects.stream()
                .filter(object -> List.of(kinds).contains(kind(object)))
                .toList();
    }

    JsonNode one(String kind, String name) {
        return of(kind).stream()
                .filter(object -> name(object).equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no %s %s".formatted(kind, name)));
    }

    List<JsonNode> workloads() {
        return of("Deployment", "StatefulSet");
    }

    static JsonNode pod(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode container(JsonNode workload) {
        return pod(workload).at("/containers/0");
    }

    static Map<String, String> environment(JsonNode workload) {
        var variables = new HashMap<String, String>();
        for (var variable : container(workload).path("env")) {
            variables.put(
                    variable.path("name").asString(), variable.path("value").asString());
        }
        return variables;
    }

    /** The files of a workload's mounted ConfigMaps and Secrets, without their content; the objects must exist. */
    List<String> files(JsonNode workload) {
        var files = new ArrayList<String>();
        for (var mount : container(workload).path("volumeMounts")) {
            for (var volume : pod(workload).path("volumes")) {
                if (volume.path("name").equals(mount.path("name"))) {
                    keys(volume)
                            .forEach(key -> files.add(mount.path("mountPath").asString() + "/" + key));
                }
            }
        }
        return files;
    }

    private Stream<String> keys(JsonNode volume) {
        if (volume.has("secret")) {
            var secret = one("Secret", volume.at("/secret/secretName").asString());
            return secret.path("data").propertyNames().stream();
        }
        if (volume.has("configMap")) {
            var map = one("ConfigMap", volume.at("/configMap/name").asString());
            return map.path("data").propertyNames().stream();
        }
        return Stream.of();
    }
}
