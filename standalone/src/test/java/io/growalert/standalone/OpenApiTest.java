package io.growalert.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.growalert.gateway.Gateway;
import io.growalert.runtime.http.ProblemCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code docs/openapi.yaml} is valid OpenAPI 3.1, and names what is in the code. */
class OpenApiTest {
    private static final OpenApi API = OpenApi.read();
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.growalert");

    @Test
    void it_is_a_document_of_openapi_3_1() {
        assertThat(API.document().path("openapi").asString()).startsWith("3.1.");
        assertThat(API.complaints()).isEmpty();
    }

    @Test
    void every_reference_leads_somewhere() {
        var references = new ArrayList<JsonNode>();
        API.walk((_, node) -> {
            if (node.path("$ref").isString()) {
                references.add(node);
            }
        });

        assertThat(references).hasSizeGreaterThan(100).allSatisfy(reference -> {
            assertThat(reference.path("$ref").asString()).startsWith("#/components/");
            assertThat(API.resolved(reference).isMissingNode())
                    .as("%s", reference)
                    .isFalse();
        });
    }

    @Test
    void every_operation_has_a_unique_name_a_summary_and_a_described_tag() {
        var tags = API.document()
                .path("tags")
                .valueStream()
                .map(tag -> tag.path("name").asString())
                .toList();

        assertThat(API.operations())
                .extracting(OpenApi.Operation::id)
                .doesNotHaveDuplicates()
                .doesNotContain("");
        assertThat(API.operations()).allSatisfy(operation -> {
            assertThat(operation.node().path("summary").asString("")).isNotBlank();
            assertThat(operation.node().path("tags").valueStream().map(JsonNode::asString))
                    .hasSize(1)
                    .isSubsetOf(tags);
        });
    }

    @Test
    void every_example_is_one_of_what_it_is_an_example_of() {
        var examples = new ArrayList<String>();
        var complaints = new ArrayList<String>();
        API.walk((pointer, node) -> {
            if (node.path("schema").isObject() && !pointer.endsWith("/properties")) {
                var values = Stream.concat(
                        node.path("examples").valueStream().map(example -> example.path("value")),
                        Stream.of(node.path("example")).filter(example -> !example.isMissingNode()));
                values.forEach(value -> {
                    examples.add(pointer);
                    API.complaints(node.path("schema"), value).forEach(wrong -> complaints.add(pointer + ": " + wrong));
                });
            }
        });

        assertThat(complaints).isEmpty();
        assertThat(examples).hasSizeGreaterThan(70);
    }

    @Test
    void every_problem_has_an_example() {
        API.walk((pointer, node) -> {
            if (pointer.endsWith("/application~1problem+json")) {
                assertThat(node.path("examples").size()).as(pointer).isPositive();
            }
        });
    }

    @Test
    void every_code_is_one_that_the_code_has_and_the_other_way_round() {
        var inTheCode = HOUSE.stream()
                .filter(type -> type.isEnum() && type.isAssignableTo(ProblemCode.class))
                .map(JavaClass::reflect)
                .flatMap(type -> Arrays.stream(type.getEnumConstants()))
                .map(ProblemCode.class::cast)
                .map(ProblemCode::code)
                // the response has the code of Stripe
                .filter(code -> !code.equals("card_error"));

        assertThat(HOUSE.contain(Gateway.class))
                .as("the gateway's are looked at too")
                .isTrue();
        assertThat(API.codes()).isEqualTo(new TreeSet<>(inTheCode.toList()));
    }

    @Test
    void every_endpoint_of_every_service_is_described() {
        var endpoints = HOUSE.stream()
                .flatMap(type -> type.getMethods().stream())
                .flatMap(OpenApiTest::endpoints)
                .toList();

        assertThat(endpoints).hasSizeGreaterThan(20);
        assertThat(API.operations())
                .extracting(OpenApi.Operation::pattern)
                .containsAll(endpoints)
                .contains("POST /webhook");
    }

    private static Stream<String> endpoints(JavaMethod method) {
        var prefix = method.getOwner()
                .tryGetAnnotationOfType("org.springframework.web.bind.annotation.RequestMapping")
                .map(OpenApiTest::path)
                .orElse("");
        return method.getAnnotations().stream()
                .filter(annotation ->
                        annotation.getRawType().getSimpleName().matches("(Get|Put|Post|Delete|Patch)Mapping"))
                .map(annotation ->
                        annotation
                                        .getRawType()
                                        .getSimpleName()
                                        .replace("Mapping", "")
                                        .toUpperCase(Locale.ROOT) + " " + prefix + path(annotation));
    }

    private static String path(JavaAnnotation<?> mapping) {
        return Stream.of("path", "value")
                .flatMap(property -> mapping.get(property).stream())
                .flatMap(paths -> Arrays.stream((Object[]) paths))
                .map(String::valueOf)
                .findFirst()
                .orElse("");
    }
}
