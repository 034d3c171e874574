package io.growalert.billing.customer.api;

import io.growalert.runtime.http.CommonProblem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The body of a request: a JSON object of at most 16 KiB. Unknown fields are ignored. */
public final class JsonBody {
    private static final int MAX_BYTES = 16 * 1024;
    private static final int MAX_EMAIL = 254;
    /** Of the year 9999. */
    private static final long LAST_SECOND = 253_402_300_799L;

    private static final String ATOM = "[^\\s\\p{Cntrl}\\p{Cf}@<>()\\[\\]\\\\,;:\".]+";
    private static final String LABEL = "[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]{0,61}[\\p{L}\\p{N}])?";
    /** Deliverable by a mail server: no dot at an end of the local part, no two in a row, and a domain of several labels. */
    private static final Pattern EMAIL =
            Pattern.compile("(?=[^@]{1,64}@)%1$s(?:\\.%1$s)*@%2$s(?:\\.%2$s)+".formatted(ATOM, LABEL));

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode object;
    /** Before the names of its fields in error messages. */
    private final String path;

    private JsonBody(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    public static JsonBody of(HttpServletRequest request) throws IOException {
        if (request.getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        var bytes = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw tooLarge();
        }
        JsonNode object;
        try {
            object = STRICT.readTree(bytes);
        } catch (JacksonException _) {
            throw CommonProblem.MALFORMED_JSON.because("the body is not JSON");
        }
        if (object == null || !object.isObject()) {
            throw CommonProblem.MALFORMED_JSON.because("the body is not a JSON object");
        }
        return new JsonBody(object, "");
    }

    /** As {@link #of}; no body is an empty object. */
    public static JsonBody ofOptional(HttpServletRequest request) throws IOException {
        boolean isEmpty =
                request.getContentLengthLong() <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
        return isEmpty ? new JsonBody(STRICT.createObjectNode(), "") : of(request);
    }

    private static RuntimeException tooLarge() {
        return CommonProblem.BODY_TOO_LARGE.because("expected at most %d bytes".formatted(MAX_BYTES));
    }

    /** Not empty. */
    String text(String field, int maxLength) {
        var text = optionalText(field, maxLength);
        if (text == null) {
            throw invalid(field, "a text");
        }
        return text;
    }

    /** A second since 1970. */
    Instant second(String field) {
        var value = object.path(field);
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > LAST_SECOND) {
            throw CommonProblem.INVALID_FIELD.in(field, "%s: expected whole seconds since 1970".formatted(field));
        }
        return Instant.ofEpochSecond(value.longValue());
    }

    /** Null when it is missing or null. */
    @Nullable
    JsonBody optionalObject(String field) {
        var value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isObject()) {
            throw invalid(field, "an object");
        }
        return new JsonBody(value, path + field + ".");
    }

    public boolean flag(String field, boolean otherwise) {
        var value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw invalid(field, "true or false");
        }
        return value.booleanValue();
    }

    /** Whether it is a text of nothing but white space. */
    boolean isBlank(String field) {
        var value = object.path(field);
        return value.isString() && value.stringValue().isBlank();
    }

    /** A problem with the field, such as {@code shipping.city: expected a text}. */
    RuntimeException invalid(String field, String expected) {
        var name = path + field;
        return CommonProblem.INVALID_FIELD.in(name, "%s: expected %s".formatted(name, expected));
    }

    public @Nullable String optionalText(String field, int maxLength) {
        var value = object.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()
                || value.stringValue().isBlank()
                || value.stringValue().length() > maxLength) {
            throw invalid(field, "a text of 1 to %d characters".formatted(maxLength));
        }
        return value.stringValue();
    }

    String email(String field) {
        var email = text(field, MAX_EMAIL).strip();
        if (!EMAIL.matcher(email).matches()) {
            throw noEmail(field);
        }
        return email;
    }

    static RuntimeException noEmail(String field) {
        return CommonProblem.INVALID_FIELD.in(field, "%s: expected an e-mail address".formatted(field));
    }

    /** Null when it is missing or null. */
    public @Nullable Integer optionalWholeNumber(String field, int min, int max) {
        var value = object.path(field);
        return value.isMissingNode() || value.isNull() ? null : (Integer) wholeNumber(field, min, max);
    }

    int wholeNumber(String field, int min, int max) {
        var value = object.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw invalid(field, "a whole number from %d to %d".formatted(min, max));
        }
        return value.intValue();
    }
}
