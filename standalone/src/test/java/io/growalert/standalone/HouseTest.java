package io.growalert.standalone;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.growalert.runtime.kafka.KafkaConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The architecture: which package may depend on which. */
class HouseTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.growalert");

    private static final Set<String> CONSUMERS = Set.of(
            "org.apache.kafka.clients.consumer.KafkaConsumer",
            "org.springframework.kafka.core.DefaultKafkaConsumerFactory");

    private static final String ALERTS = "io.growalert.alerts..";
    private static final String EVENTS = "io.growalert.events..";
    private static final String DEFINITIONS = "io.growalert.definitions..";
    private static final String EVALUATION = "io.growalert.evaluation..";
    private static final String RUNTIME = "io.growalert.runtime..";
    private static final String MONITOR = "io.growalert.monitor..";
    private static final String DISPATCHER = "io.growalert.dispatcher..";
    private static final String BILLING = "io.growalert.billing..";
    private static final String GATEWAY = "io.growalert.gateway..";
    private static final String HISTORY = "io.growalert.history..";
    private static final String SANDBOX = "io.growalert.sandbox..";
    private static final String STANDALONE = "io.growalert.standalone..";

    @Test
    void alerts_sees_the_jdk_only() {
        classes()
                .that()
                .resideInAPackage(ALERTS)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", ALERTS))
                .check(HOUSE);
    }

    @Test
    void evaluation_sees_the_jdk_re2_and_the_events_only() {
        classes()
                .that()
                .resideInAPackage(EVALUATION)
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "org.jspecify..", "com.google.re2j..", EVENTS, EVALUATION))
                .check(HOUSE);
    }

    @ParameterizedTest
    @ValueSource(strings = {EVENTS, DEFINITIONS, SANDBOX})
    void what_services_share_and_the_sandbox_see_no_other_module(String module) {
        seesOfOurs(module, module);
    }

    @Test
    void the_runtime_sees_the_events_only() {
        seesOfOurs(RUNTIME, RUNTIME, EVENTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {MONITOR, DISPATCHER, BILLING, GATEWAY})
    void no_service_sees_another_or_the_sandbox(String service) {
        seesOfOurs(service, service, ALERTS, EVENTS, DEFINITIONS, EVALUATION, RUNTIME);
    }

    @Test
    void the_history_sees_what_a_foreign_consumer_could() {
        seesOfOurs(HISTORY, HISTORY, EVENTS, EVALUATION, RUNTIME);
    }

    @Test
    void only_the_cluster_names_the_brokers_so_that_every_client_of_kafka_has_its_login() throws IOException {
        var named = new ArrayList<String>();
        for (var module : List.of(
                "runtime", "monitor-service", "alert-dispatcher", "history-service", "billing-service", "standalone")) {
            try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (var file : files.filter(Files::isRegularFile).toList()) {
                    var text = Files.readString(file);
                    if (text.contains("BOOTSTRAP_SERVERS_CONFIG") || text.contains("\"bootstrap.servers\"")) {
                        named.add(file.getFileName().toString());
                    }
                }
            }
        }

        assertThat(named).containsExactlyInAnyOrder("KafkaConnection.java", "ConnectionFile.java");
    }

    private static void seesOfOurs(String module, String... modules) {
        noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat(resideInAPackage("io.growalert..").and(not(resideInAnyPackage(modules))))
                .check(HOUSE);
    }

    @Test
    void only_billings_package_stripe_uses_stripes_library() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.growalert.billing.stripe")
                .should()
                .dependOnClassesThat(resideInAPackage("com.stripe.."))
                .check(HOUSE);
    }

    /** The stages in the order of the flow: webhook, fetch, apply, outbox, reconcile, over what they share; and those of customers. */
    @ParameterizedTest
    @CsvSource({
        "projection, 'stripe'",
        "webhook, 'stripe projection'",
        "shipping, ''",
        "records, 'stripe projection shipping'",
        "outbox, ''",
        "fetch, 'stripe projection webhook records'",
        "mail, 'stripe customer.settings problem'",
        "apply, 'stripe projection webhook records fetch outbox shipping mail problem'",
        "fulfilment, 'stripe shipping customer.idempotency customer.api mail problem'",
        "reconcile, 'stripe projection webhook records apply problem'",
        "doctor, 'stripe projection webhook mail customer.settings'",
        "setup, 'stripe projection'",
        "customer.session, 'customer.settings problem'",
        "customer.limit, 'customer.session customer.settings stripe problem'",
        "customer.idempotency, 'customer.session customer.settings stripe problem'",
        "customer.registration, 'customer.idempotency customer.limit customer.session customer.settings stripe problem'",
        "customer.signin, 'mail customer.registration customer.session customer.settings problem'",
        "customer.subscription, 'customer.idempotency customer.registration customer.settings stripe problem'",
        "customer.plan, 'customer.subscription customer.idempotency customer.limit stripe problem'",
        "customer.order, 'mail customer.idempotency customer.limit customer.settings shipping stripe problem'",
        "customer.account, 'apply mail customer.order customer.subscription customer.idempotency customer.registration customer.session customer.settings "
                + "stripe problem projection'"
    })
    void a_stage_of_billing_depends_on_earlier_ones_only(String stage, String earlier) {
        var billing = "io.growalert.billing.";
        var seen = Stream.concat(
                        Stream.of(stage), Arrays.stream(earlier.split(" ")).filter(each -> !each.isEmpty()))
                .map(each -> billing + each + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(billing + stage + "..")
                .should()
                .dependOnClassesThat(resideInAPackage(BILLING).and(not(resideInAnyPackage(seen))))
                .check(HOUSE);
    }

    @Test
    void billings_projection_is_pure() {
        noClasses()
                .that()
                .resideInAPackage("io.growalert.billing.projection")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.springframework..", "java.sql..", "javax.sql.."))
                .check(HOUSE);
    }

    @Test
    void nothing_but_tests_uses_the_test_kit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.growalert.testkit..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.growalert.testkit.."))
                .check(HOUSE);
    }

    @Test
    void packages_are_free_of_cycles() {
        slices().matching("io.growalert.(**)").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void the_kinds_of_receivers_do_not_see_each_other() {
        slices().matching("io.growalert.dispatcher.handler.(*)..")
                .should()
                .notDependOnEachOther()
                .check(HOUSE);
    }

    @Test
    void the_kinds_of_sources_do_not_see_each_other() {
        slices().matching("io.growalert.monitor.source.(*)..")
                .should()
                .notDependOnEachOther()
                .check(HOUSE);
    }

    @Test
    void nothing_is_injected_into_a_field() {
        noFields()
                .should()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Autowired")
                .orShould()
                .beAnnotatedWith("org.springframework.beans.factory.annotation.Value")
                .orShould()
                .beAnnotatedWith("jakarta.inject.Inject")
                .check(HOUSE);
    }

    /** Outside a transaction an unclosed stream of rows occupies a connection of the pool for ever. */
    @Test
    void rows_are_read_as_lists_not_as_streams() {
        noClasses()
                .should()
                .callMethod("org.springframework.jdbc.core.simple.JdbcClient$MappedQuerySpec", "stream")
                .orShould()
                .callMethodWhere(target(name("queryForStream")))
                .check(HOUSE);
    }

    /** A topic that a consumer makes the broker create has the broker's number of partitions and not ours. */
    @Test
    void consumers_have_the_settings_of_a_consumer() {
        classes()
                .that()
                .resideInAnyPackage(RUNTIME, MONITOR, DISPATCHER, BILLING, HISTORY)
                .and(describe("create a consumer", HouseTest::createsConsumer))
                .should()
                .callMethod(KafkaConnection.class, "consumer", Map.class)
                .check(HOUSE);
    }

    private static boolean createsConsumer(JavaClass type) {
        return type.getConstructorCallsFromSelf().stream()
                        .map(call -> call.getTargetOwner().getFullName())
                        .anyMatch(CONSUMERS::contains)
                // Kafka Streams passes its settings
                && !type.isAssignableTo("org.apache.kafka.clients.consumer.Consumer");
    }

    @Test
    void only_the_command_line_prints() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STANDALONE)
                .and()
                .doNotHaveFullyQualifiedName("io.growalert.runtime.Service")
                .and()
                .doNotHaveFullyQualifiedName("io.growalert.sandbox.StripeSandbox")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }
}
