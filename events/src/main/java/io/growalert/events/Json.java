package io.growalert.events;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.ValueInstantiationException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * The values of the topics as JSON. Unknown fields are ignored, since fields are only ever added; an optional field
 * without a value is left out; times are ISO 8601 strings in UTC, durations ISO 8601 durations.
 */
public final class Json {
    private static final JsonMapper MAPPER = byReflection()
            .addModule(new SimpleModule("check results").addSerializer(new CheckResultWriter()))
            .build();
    private static final CheckResultReader CHECK_RESULTS = new CheckResultReader(MAPPER);

    private Json() {}

    /** The mapper's settings: the codec of check results reads and writes as it does. */
    static JsonMapper.Builder byReflection() {
        return JsonMapper.builder()
                .addModule(new InstantModule())
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .changeDefaultPropertyInclusion(
                        inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL));
    }

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /**
     * @throws UnreadableValue when the bytes are no JSON, or not the JSON of this type
     */
    public static <T> T read(byte[] json, Class<T> type) {
        if (type == CheckResult.class) {
            var result = CHECK_RESULTS.read(json);
            if (result.isPresent()) {
                return type.cast(result.get());
            }
        }
        try {
            var value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new UnreadableValue("not a %s: null".formatted(type.getSimpleName()), null);
            }
            return value;
        } catch (JacksonException e) {
            throw new UnreadableValue("not a %s: %s".formatted(type.getSimpleName(), reason(e)), e);
        }
    }

    private static String reason(JacksonException e) {
        var where = e.getPath().isEmpty() ? "" : " in " + path(e);
        // the message of the record's constructor is the most specific
        var cause = e instanceof ValueInstantiationException ? e.getCause() : null;
        return (cause == null ? e.getOriginalMessage() : cause.getMessage()) + where;
    }

    private static String path(JacksonException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return path.toString();
    }
}
