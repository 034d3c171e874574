package io.growalert.dispatcher;

import io.growalert.runtime.audit.AuditLog;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators changed through the API, the latest first. */
@RestController
class AuditApi {
    private final AuditLog audit;

    AuditApi(AuditLog audit) {
        this.audit = audit;
    }

    @GetMapping("/api/audit")
    List<AuditLog.Entry> page(
            @RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable Long before) {
        return audit.page(limit, before);
    }
}
