package io.growalert.sandbox;

import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Disputes: a card's holder wants the money back from the bank. They open by a test card, or when a test asks for one. */
final class Disputes {
    private static final String KIND = "dispute";
    private static final Set<String> CLOSED = Set.of("won", "lost");
    private static final Duration TO_ANSWER = Duration.ofDays(9);

    private final Store store;
    private final Events events;
    private final Time time;

    Disputes(Store store, Events events, Time time, Charges charges) {
        this.store = store;
        this.events = events;
        this.time = time;
        charges.onSettled(charge -> {
            if (PaymentMethods.card(charge).after() == TestCard.After.DISPUTED) {
                open(charge, Json.number(charge, "amount"), "fraudulent");
            }
        });
    }

    void routes(Endpoints endpoints, Routes control) {
        endpoints.list("/v1/disputes", KIND, "charge payment_intent", call -> {
            var charge = call.params().text("charge");
            var intent = call.params().text("payment_intent");
            return dispute -> (charge == null || charge.equals(Json.text(dispute, "charge")))
                    && (intent == null || intent.equals(Json.text(dispute, "payment_intent")));
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
            if (Json.flag(charge, "disputed") || !"succeeded".equals(Json.text(charge, "status"))) {
                throw ApiError.invalid("Only a charge that succeeded can be disputed, and only once.");
            }
            var dispute = open(
                    charge,
                    call.params().number("amount", Json.number(charge, "amount")),
                    call.params().text("reason", "fraudulent"));
            return Answer.json(200, Json.shown(dispute));
        });
        control.open("POST", "/sandbox/disputes/{id}/close", call -> {
            var dispute = open(call.id());
            close(dispute, call.params().oneOf("status", "lost", "won", "lost"));
            return Answer.json(200, Json.shown(dispute));
        });
    }

    private ObjectNode open(ObjectNode charge, long amount, String reason) {
        var dispute = Templates.of(KIND, Ids.next("du"), time.of(charge));
        dispute.put("amount", amount).put("charge", Json.id(charge)).put("reason", reason);
        dispute.set("currency", charge.path("currency"));
        dispute.set("payment_intent", charge.path("payment_intent"));
        dispute.withObjectProperty("evidence_details").put("due_by", time.of(charge) + TO_ANSWER.toSeconds());
        events.created(dispute, "charge.dispute.created");
        events.changed(charge, "charge.updated", changed -> changed.put("disputed", true));
        events.emit("charge.dispute.funds_withdrawn", dispute, null);
        return dispute;
    }

    private ObjectNode update(Call call) {
        var dispute = store.get(KIND, call.id());
        var evidence = call.params().child("evidence").text("uncategorized_text");
        if (evidence != null) {
            open(call.id());
        }
        events.changed(dispute, "charge.dispute.updated", changed -> {
            Fields.of(call.params(), changed).metadata();
            if (evidence != null) {
                changed.withObjectProperty("evidence").put("uncategorized_text", evidence);
                changed.withObjectProperty("evidence_details").put("has_evidence", true);
            }
            if (evidence != null && call.params().flag("submit")) {
                changed.put("status", "under_review");
                changed.withObjectProperty("evidence_details").put("submission_count", 1);
            }
        });
        // These two words decide a dispute in test mode.
        if ("winning_evidence".equals(evidence) && call.params().flag("submit")) {
            close(dispute, "won");
        } else if ("losing_evidence".equals(evidence) && call.params().flag("submit")) {
            close(dispute, "lost");
        }
        return dispute;
    }

    private ObjectNode open(String id) {
        var dispute = store.get(KIND, id);
        if (CLOSED.contains(Json.textOf(dispute, "status"))) {
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
