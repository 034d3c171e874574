package io.growalert.sandbox.payment;

import io.growalert.sandbox.http.ApiCall;
import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.ApiResponse;
import io.growalert.sandbox.http.ApiRoutes;
import io.growalert.sandbox.http.JsonNodes;
import io.growalert.sandbox.object.EventLog;
import io.growalert.sandbox.object.ObjectClock;
import io.growalert.sandbox.object.ObjectFields;
import io.growalert.sandbox.object.ObjectIds;
import io.growalert.sandbox.object.ResourceRoutes;
import io.growalert.sandbox.object.Store;
import io.growalert.sandbox.object.Templates;
import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Disputes: a card's holder wants the money back from the bank. They open by a test card, or at a test's request. */
public final class DisputeResource {
    private static final String KIND = "dispute";
    private static final Set<String> CLOSED = Set.of("won", "lost");
    private static final Duration TO_ANSWER = Duration.ofDays(9);

    private final Store store;
    private final EventLog events;
    private final ObjectClock time;

    public DisputeResource(Store store, EventLog events, ObjectClock time, ChargeResource charges) {
        this.store = store;
        this.events = events;
        this.time = time;
        charges.onSettled(charge -> {
            if (PaymentMethodResource.card(charge).after() == TestCard.After.DISPUTED) {
                open(charge, JsonNodes.number(charge, "amount"), "fraudulent");
            }
        });
    }

    public void routes(ResourceRoutes endpoints, ApiRoutes control) {
        endpoints.list("/v1/disputes", KIND, "charge payment_intent", call -> {
            var charge = call.params().text("charge");
            var intent = call.params().text("payment_intent");
            return dispute -> (charge == null || charge.equals(JsonNodes.text(dispute, "charge")))
                    && (intent == null || intent.equals(JsonNodes.text(dispute, "payment_intent")));
        });
        endpoints.get("/v1/disputes/{id}", call -> store.get(KIND, call.id()));
        endpoints.post("/v1/disputes/{id}", "metadata* evidence[uncategorized_text] submit", this::update);
        endpoints.post("/v1/disputes/{id}/close", "", call -> {
            var dispute = open(call.id());
            close(dispute, "lost");
            return dispute;
        });
        control.open("POST", "/sandbox/charges/{id}/dispute", call -> {
            var charge = store.get("charge", call.id());
            if (JsonNodes.flag(charge, "disputed") || !"succeeded".equals(JsonNodes.text(charge, "status"))) {
                throw ApiError.invalid("Only a charge that succeeded can be disputed, and only once.");
            }
            var dispute = open(
                    charge,
                    call.params().number("amount", JsonNodes.number(charge, "amount")),
                    call.params().text("reason", "fraudulent"));
            return ApiResponse.json(200, JsonNodes.shown(dispute));
        });
        control.open("POST", "/sandbox/disputes/{id}/close", call -> {
            var dispute = open(call.id());
            close(dispute, call.params().oneOf("status", "lost", "won", "lost"));
            return ApiResponse.json(200, JsonNodes.shown(dispute));
        });
    }

    private ObjectNode open(ObjectNode charge, long amount, String reason) {
        var dispute = Templates.of(KIND, ObjectIds.next("du"), time.of(charge));
        dispute.put("amount", amount).put("charge", JsonNodes.id(charge)).put("reason", reason);
        dispute.set("currency", charge.path("currency"));
        dispute.set("payment_intent", charge.path("payment_intent"));
        dispute.withObjectProperty("evidence_details").put("due_by", time.of(charge) + TO_ANSWER.toSeconds());
        events.created(dispute, "charge.dispute.created");
        events.changed(charge, "charge.updated", changed -> changed.put("disputed", true));
        events.emit("charge.dispute.funds_withdrawn", dispute, null);
        return dispute;
    }

    private ObjectNode update(ApiCall call) {
        var dispute = store.get(KIND, call.id());
        var evidence = call.params().child("evidence").text("uncategorized_text");
        if (evidence != null) {
            open(call.id());
        }
        events.changed(dispute, "charge.dispute.updated", changed -> {
            ObjectFields.of(call.params(), changed).metadata();
            if (evidence != null) {
                changed.withObjectProperty("evidence").put("uncategorized_text", evidence);
                changed.withObjectProperty("evidence_details").put("has_evidence", true);
            }
            if (evidence != null && call.params().flag("submit")) {
                changed.put("status", "under_review");
                changed.withObjectProperty("evidence_details").put("submission_count", 1);
            }
        });
        // These two values decide a dispute in test mode.
        if ("winning_evidence".equals(evidence) && call.params().flag("submit")) {
            close(dispute, "won");
        } else if ("losing_evidence".equals(evidence) && call.params().flag("submit")) {
            close(dispute, "lost");
        }
        return dispute;
    }

    private ObjectNode open(String id) {
        var dispute = store.get(KIND, id);
        if (CLOSED.contains(JsonNodes.textOf(dispute, "status"))) {
            throw ApiError.invalid("This dispute is already closed.");
        }
        return dispute;
    }

    private void close(ObjectNode dispute, String status) {
        dispute.put("status", status);
        store.save(dispute);
        events.emit("charge.dispute.closed", dispute, null);
        if (status.equals("won")) {
            events.emit("charge.dispute.funds_reinstated", dispute, null);
        }
    }
}
