package io.growalert.billing.apply;

import io.growalert.billing.records.CustomerOverview;
import io.growalert.runtime.audit.AuditLog;
import io.growalert.runtime.http.Operator;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** A customer's records for operators, and the deletion of personal data. */
@RestController
@RequestMapping("/api/billing/customers")
class CustomersApi {
    private final CustomerOverview overview;
    private final CustomerErasure erasure;
    private final AuditLog audit;

    CustomersApi(CustomerOverview overview, CustomerErasure erasure, AuditLog audit) {
        this.overview = overview;
        this.erasure = erasure;
        this.audit = audit;
    }

    @GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    String overview(@PathVariable String id) {
        return overview.of(id).orElseThrow(() -> CustomerErasure.unknown(id));
    }

    /** Deletes a customer of ours at Stripe, where it may be deleted already, and then all its personal data here. */
    @DeleteMapping("/{id}")
    Map<String, Object> delete(@PathVariable String id, Operator operator) {
        int erased = erasure.erase(id);
        audit.add(operator, "erase", id, null, Map.of("erasedEvents", erased));
        return Map.of("customer", id, "erasedEvents", erased);
    }
}
