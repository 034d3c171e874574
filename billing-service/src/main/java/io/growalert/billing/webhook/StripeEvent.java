package io.growalert.billing.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A received event, with what must be known to store it.
 *
 * @param created in seconds since 1970
 * @param object the id of its object; a few kinds of object have none
 * @param customer the owner of the object, where the event contains it
 * @param payload as it was signed, without the secrets in it
 */
record StripeEvent(
        String id,
        String type,
        long created,
        @Nullable String object,
        @Nullable String customer,
        String payload) {
    /** Within a JSON string the quotes would be escaped. */
    private static final Pattern SECRET = Pattern.compile("\"client_secret\"\\s*:\\s*\"[^\"\\\\]*\"");

    private static final JsonFactory JSON = new JsonFactory();
    private static final int MAX_TEXT_LENGTH = 255;
    /** The last second of the year 9999. */
    private static final long LATEST = 253_402_300_799L;

    /** The body is no event that can be stored, and a resend does not change that. */
    static final class Unreadable extends Exception {
        Unreadable(String reason) {
            super(reason);
        }
    }

    /**
     * Reads the whole body once. The payload is stored as read, without the client secrets by which a browser may pay. Only
     * UTF-8 is accepted, and ids and types of visible ASCII characters, as Stripe's are, so that the database can store them.
     */
    static StripeEvent read(byte[] body) throws Unreadable {
        var payload = new String(body, UTF_8);
        if (payload.indexOf('\uFFFD') >= 0 && !Arrays.equals(payload.getBytes(UTF_8), body)) {
            throw new Unreadable("the body is not in UTF-8");
        }
        var event = new Parsed();
        try (var json = JSON.createParser(ObjectReadContext.empty(), payload)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new Unreadable("the body is not a JSON object");
            }
            readEvent(json, event);
            if (json.nextToken() != null) {
                throw new Unreadable("unexpected content after the JSON object");
            }
        } catch (JacksonException e) {
            // its message would show some of the body
            throw new Unreadable("the body is not JSON");
        }
        return event.checked(withoutSecrets(payload));
    }

    private static String withoutSecrets(String payload) {
        return payload.contains("client_secret")
                ? SECRET.matcher(payload).replaceAll("\"client_secret\":null")
                : payload;
    }

    private static void readEvent(JsonParser json, Parsed event) {
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            var token = json.nextToken();
            switch (name) {
                case "id" -> event.id = text(json);
                case "object" -> event.kind = text(json);
                case "type" -> event.type = text(json);
                case "created" ->
                    event.created = token == JsonToken.VALUE_NUMBER_INT ? (Long) json.getLongValue() : null;
                case "data" -> readData(json, event);
                default -> json.skipChildren();
            }
        }
    }

    private static void readData(JsonParser json, Parsed event) {
        if (!json.isExpectedStartObjectToken()) {
            json.skipChildren();
            return;
        }
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            if (name.equals("object") && json.isExpectedStartObjectToken()) {
                readObject(json, event);
            } else {
                json.skipChildren();
            }
        }
    }

    private static void readObject(JsonParser json, Parsed event) {
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "id" -> event.objectId = text(json);
                case "object" -> event.objectKind = text(json);
                case "customer" -> event.objectCustomer = reference(json);
                default -> json.skipChildren();
            }
        }
    }

    /** The id of another object, which may be expanded. */
    private static @Nullable String reference(JsonParser json) {
        if (!json.isExpectedStartObjectToken()) {
            return text(json);
        }
        String id = null;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            if (name.equals("id")) {
                id = text(json);
            } else {
                json.skipChildren();
            }
        }
        return id;
    }

    private static @Nullable String text(JsonParser json) {
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            return json.getString();
        }
        json.skipChildren();
        return null;
    }

    private static final class Parsed {
        private @Nullable String id;
        private @Nullable String kind;
        private @Nullable String type;
        private @Nullable Long created;
        private @Nullable String objectId;
        private @Nullable String objectKind;
        private @Nullable String objectCustomer;

        StripeEvent checked(String payload) throws Unreadable {
            if (kind != null && kind.startsWith("v2.")) {
                throw new Unreadable("a thin payload lacks the object; the endpoint at Stripe must send snapshots");
            }
            if (created == null || created < 0 || created > LATEST) {
                throw new Unreadable("created is missing or not a time in seconds");
            }
            var object = objectId == null ? null : identifier(objectId, "data.object.id");
            var owner = "customer".equals(objectKind) ? objectId : objectCustomer;
            var customer = owner == null ? null : identifier(owner, "data.object.customer");
            return new StripeEvent(identifier(id, "id"), identifier(type, "type"), created, object, customer, payload);
        }

        private static String identifier(@Nullable String value, String field) throws Unreadable {
            if (value == null
                    || value.isEmpty()
                    || value.length() > MAX_TEXT_LENGTH
                    || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
                throw new Unreadable(field + " is missing or not a text of 1 to 255 visible ASCII characters");
            }
            return value;
        }
    }
}
