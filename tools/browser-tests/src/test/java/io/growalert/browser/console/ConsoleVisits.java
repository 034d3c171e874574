package io.growalert.browser.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.browser.console.ConsoleServices.Reply;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Each test has one operator with a separate browser profile; the browser and the gateway are the class's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class ConsoleVisits {
    ConsoleTown town;
    ConsoleServices services;
    ConsoleVisitor visitor;

    @BeforeAll
    void build() throws IOException {
        town = new ConsoleTown();
        services = town.services;
    }

    /** Without an open incident, and with five monitors that passed. */
    @BeforeEach
    void arrive() {
        services.shows("/api/incidents", List.of());
        services.shows("/api/silences", List.of());
        services.answers("GET", "/api/history/monitors", _ -> Reply.of(Shapes.counts(Map.of("PASSED", 5))));
        visitor = new ConsoleVisitor(town);
    }

    @AfterEach
    void leave() {
        visitor.close();
        services.reset();
        assertThat(visitor.complaints).isEmpty();
    }

    @AfterAll
    void leaveTown() throws IOException {
        town.close();
    }
}
