package io.growalert.standalone;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The house as it was laid out: who may see whom. */
class HouseTest {
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.growalert");

    private static final String ALERTS = "io.growalert.alerts..";
    private static final String EVENTS = "io.growalert.events..";
    private static final String DEFINITIONS = "io.growalert.definitions..";
    private static final String MONITOR = "io.growalert.monitor..";
    private static final String DISPATCHER = "io.growalert.dispatcher..";
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
    void events_and_definitions_see_no_service_and_not_each_other() {
        noClasses()
                .that()
                .resideInAPackage(EVENTS)
                .should()
                .dependOnClassesThat(resideInAnyPackage(ALERTS, DEFINITIONS, MONITOR, DISPATCHER, STANDALONE))
                .check(HOUSE);
        noClasses()
                .that()
                .resideInAPackage(DEFINITIONS)
                .should()
                .dependOnClassesThat(resideInAnyPackage(ALERTS, EVENTS, MONITOR, DISPATCHER, STANDALONE))
                .check(HOUSE);
    }

    @Test
    void no_service_sees_another() {
        noClasses()
                .that()
                .resideInAPackage(MONITOR)
                .should()
                .dependOnClassesThat(resideInAnyPackage(DISPATCHER, STANDALONE))
                .check(HOUSE);
        noClasses()
                .that()
                .resideInAPackage(DISPATCHER)
                .should()
                .dependOnClassesThat(resideInAnyPackage(MONITOR, STANDALONE))
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

    @Test
    void nobody_prints_but_the_command_line() {
        noClasses()
                .that()
                .resideOutsideOfPackage(STANDALONE)
                .and()
                .haveSimpleNameNotEndingWith("MonitorService")
                .and()
                .haveSimpleNameNotEndingWith("AlertDispatcher")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(HOUSE);
    }
}
