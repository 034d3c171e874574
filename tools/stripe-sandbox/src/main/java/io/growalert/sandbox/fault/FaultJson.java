package io.growalert.sandbox.fault;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON of faults at {@code /sandbox/faults}. */
public final class FaultJson {
    private static final Set<String> OF_WEBHOOKS = Set.of("kind", "type", "next", "share");
    private static final Set<String> OF_REQUESTS = Set.of("kind", "method", "path", "next", "share");

    private FaultJson() {}

    /**
     * Adds the fault that the JSON object describes.
     *
     * @throws ApiError 400, with the reason
     */
    public static void add(Faults faults, String json) {
        try {
            if (!(JsonNodes.MAPPER.readTree(json) instanceof ObjectNode asked)) {
                throw ApiError.invalid("A fault is a JSON object.");
            }
            var fault = fault(asked);
            faults.add(fault, when(asked, fault));
        } catch (JacksonException e) {
            throw ApiError.invalid("A fault is a JSON object: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw ApiError.invalid(String.valueOf(e.getMessage()));
        }
    }

    /** The active faults. */
    public static ObjectNode all(Faults faults) {
        var all = JsonNodes.object();
        var list = all.putArray("faults");
        faults.active().forEach(active -> list.add(shown(active)));
        return all;
    }

    private static Fault fault(ObjectNode asked) {
        var kind = asked.path("kind").asString("");
        return switch (kind) {
            case "duplicates" -> new Fault.Duplicates(asked.path("copies").asInt(0));
            case "shuffle" ->
                new Fault.Shuffle(millis(asked, "window_ms"), asked.path("seed").asLong(1));
            case "delay" -> new Fault.Delay(millis(asked, "delay_ms"));
            case "drop" -> new Fault.Drop();
            case "same_second" -> new Fault.SameSecond(millis(asked, "hold_ms"));
            case "rate_limit" -> new Fault.RateLimit(millis(asked, "retry_after_ms"));
            case "hang" -> new Fault.Hang(millis(asked, "hang_ms"));
            case "hang_after" -> new Fault.HangAfter(millis(asked, "hang_ms"));
            case "refuse" -> refuse(asked);
            case "error_before" -> new Fault.ErrorBefore();
            case "error_after" -> new Fault.ErrorAfter();
            case "cut_after" -> new Fault.CutAfter();
            default ->
                throw new IllegalArgumentException("kind must be one of duplicates, shuffle, delay, drop, same_second,"
                        + " rate_limit, hang, hang_after, refuse, error_before, error_after, cut_after, not '" + kind
                        + "'");
        };
    }

    private static When when(ObjectNode asked, Fault fault) {
        var known = new TreeSet<>(own(fault));
        boolean ofRequests = fault instanceof Fault.BeforeWork || fault instanceof Fault.AfterWork;
        known.addAll(ofRequests ? OF_REQUESTS : OF_WEBHOOKS);
        for (var name : asked.propertyNames()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("%s is unknown; known are %s".formatted(name, known));
            }
        }
        return new When(
                JsonNodes.text(asked, "method"),
                asked.path(ofRequests ? "path" : "type").asString(""),
                asked.path("next").asInt(0),
                asked.path("share").asDouble(1));
    }

    private static ObjectNode shown(Faults.Active active) {
        var shown = JsonNodes.object();
        var fault = active.fault();
        shown.put("kind", kind(fault));
        var own = own(fault);
        switch (fault) {
            case Fault.Duplicates(int copies) -> shown.put("copies", copies);
            case Fault.Shuffle(Duration window, long seed) ->
                shown.put(own.getFirst(), window.toMillis()).put("seed", seed);
            case Fault.Delay(Duration by) -> shown.put(own.getFirst(), by.toMillis());
            case Fault.SameSecond(Duration hold) -> shown.put(own.getFirst(), hold.toMillis());
            case Fault.RateLimit(Duration retryAfter) -> shown.put(own.getFirst(), retryAfter.toMillis());
            case Fault.Hang(Duration by) -> shown.put(own.getFirst(), by.toMillis());
            case Fault.HangAfter(Duration by) -> shown.put(own.getFirst(), by.toMillis());
            case Fault.Refuse refuse -> show(shown, refuse);
            case Fault.Drop(), Fault.ErrorBefore(), Fault.ErrorAfter(), Fault.CutAfter() -> {}
        }
        var when = active.when();
        if (when.method() != null) {
            shown.put("method", when.method());
        }
        if (!when.prefix().isEmpty()) {
            boolean ofRequests = fault instanceof Fault.BeforeWork || fault instanceof Fault.AfterWork;
            shown.put(ofRequests ? "path" : "type", when.prefix());
        }
        if (when.next() > 0) {
            shown.put("next", active.left());
        }
        return when.share() < 1 ? shown.put("share", when.share()) : shown;
    }

    private static String kind(Fault fault) {
        return switch (fault) {
            case Fault.Duplicates _ -> "duplicates";
            case Fault.Shuffle _ -> "shuffle";
            case Fault.Delay _ -> "delay";
            case Fault.Drop _ -> "drop";
            case Fault.SameSecond _ -> "same_second";
            case Fault.RateLimit _ -> "rate_limit";
            case Fault.Hang _ -> "hang";
            case Fault.HangAfter _ -> "hang_after";
            case Fault.Refuse _ -> "refuse";
            case Fault.ErrorBefore _ -> "error_before";
            case Fault.ErrorAfter _ -> "error_after";
            case Fault.CutAfter _ -> "cut_after";
        };
    }

    /** The fields that only this kind has. */
    private static List<String> own(Fault fault) {
        return switch (fault) {
            case Fault.Duplicates _ -> List.of("copies");
            case Fault.Shuffle _ -> List.of("window_ms", "seed");
            case Fault.Delay _ -> List.of("delay_ms");
            case Fault.SameSecond _ -> List.of("hold_ms");
            case Fault.RateLimit _ -> List.of("retry_after_ms");
            case Fault.Hang _, Fault.HangAfter _ -> List.of("hang_ms");
            case Fault.Refuse _ -> List.of("status", "type", "code", "param", "decline_code", "message");
            case Fault.Drop _, Fault.ErrorBefore _, Fault.ErrorAfter _, Fault.CutAfter _ -> List.of();
        };
    }

    private static Fault refuse(JsonNode asked) {
        return new Fault.Refuse(
                asked.path("status").asInt(400),
                asked.path("type").asString("invalid_request_error"),
                JsonNodes.text(asked, "code"),
                JsonNodes.text(asked, "param"),
                JsonNodes.text(asked, "decline_code"),
                asked.path("message").asString("The sandbox was asked to refuse this."));
    }

    private static void show(ObjectNode shown, Fault.Refuse refuse) {
        shown.put("status", refuse.status()).put("type", refuse.type()).put("message", refuse.message());
        if (refuse.code() != null) {
            shown.put("code", refuse.code());
        }
        if (refuse.param() != null) {
            shown.put("param", refuse.param());
        }
        if (refuse.declineCode() != null) {
            shown.put("decline_code", refuse.declineCode());
        }
    }

    private static Duration millis(JsonNode asked, String field) {
        return Duration.ofMillis(asked.path(field).asLong(0));
    }
}
