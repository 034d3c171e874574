package io.growalert.billing;

import io.growalert.runtime.audit.AuditLog;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What admins changed through billing's API, the latest first. */
@RestController
class BillingAuditApi {
    private final AuditLog audit;

    BillingAuditApi(AuditLog audit) {
        this.audit = audit;
    }

    @GetMapping("/api/billing/audit")
    List<AuditLog.Entry> page(
            @RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable Long before) {
        return audit.page(limit, before);
    }
}
