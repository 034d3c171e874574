package io.growalert.dispatcher;

import io.growalert.dispatcher.notify.History;
import io.growalert.service.CommonProblem;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What is wrong now, and how it came to that. */
@RestController
class AlertsApi {
    private final History history;

    AlertsApi(History history) {
        this.history = history;
    }

    @GetMapping("/api/alerts")
    List<History.Incident> open() {
        return history.open();
    }

    @GetMapping("/api/alerts/{id}")
    History.AlertHistory one(@PathVariable String id) {
        return history.of(id)
                .orElseThrow(() -> CommonProblem.NOT_FOUND.because("no alert with the id '%s'".formatted(id)));
    }
}
