package io.growalert.sandbox.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.sandbox.http.ApiError;
import io.growalert.sandbox.http.JsonNodes;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SearchQueryTest {
    private static final Set<String> FIELDS = Set.of("active", "lookup_key", "amount", "metadata", "nickname");

    private final ObjectNode price = (ObjectNode) JsonNodes.MAPPER.readTree("""
            {"active": true, "lookup_key": "basic", "amount": 500, "metadata": {"plan": "b/a"}, "nickname": null}
            """);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "lookup_key:'basic' | true",
                "lookup_key:\"BASIC\" | true",
                "lookup_key:'bas' | false",
                "lookup_key~'bas' | true",
                "-lookup_key:'basic' | false",
                "active:'true' AND lookup_key:'basic' | true",
                "active:'false' AND lookup_key:'basic' | false",
                "active:'false' OR lookup_key:'basic' | true",
                "amount>499 AND amount<=500 | true",
                "amount>500 | false",
                "metadata['plan']:'b/a' | true",
                "metadata[\"plan\"]:null | false",
                "-metadata['other']:null | false",
                "nickname:null | true",
            })
    void objects_match_as_stripe_documents_it(String query, boolean matches) {
        assertThat(SearchQuery.parse(query, FIELDS).test(price)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "lookup_key",
                "unknown:'x'",
                "metadata:'x'",
                "active:'true' AND",
                "active:'true' lookup_key:'x'",
                "active:'true' AND amount>1 OR amount<9",
            })
    void other_queries_are_refused(String query) {
        assertThatThrownBy(() -> SearchQuery.parse(query, FIELDS)).isInstanceOf(ApiError.class);
    }
}
