package io.growalert.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The values of the topics as JSON. Unknown fields are ignored, since fields are only ever added; times are ISO 8601
 * strings in UTC, durations ISO 8601 durations.
 */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private Json() {}

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * @throws UnreadableValue when the bytes are no JSON, or not the JSON of this type
     */
    public static <T> T read(byte[] json, Class<T> type) {
        try {
            var value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new UnreadableValue("a %s is expected, not null".formatted(type.getSimpleName()), null);
            }
            return value;
        } catch (JacksonException | NullPointerException e) {
            throw new UnreadableValue("not a %s: %s".formatted(type.getSimpleName(), e.getMessage()), e);
        }
    }
}
