package io.growalert.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TopicsTest {
    @Test
    void the_document_has_the_same_topic_settings() {
        for (var channel : Docs.asyncApi().path("channels")) {
            var settings = Topics.settings(channel.path("address").asString());
            var written = AsyncApiTest.resolved(channel.path("bindings")).at("/kafka/topicConfiguration");
            assertThat(written.propertyNames()).contains("cleanup.policy");
            for (var setting : written.properties()) {
                var expected = setting.getValue().isArray() ? setting.getValue().get(0) : setting.getValue();
                assertThat(settings.get(setting.getKey())).as(setting.getKey()).isEqualTo(expected.asString());
            }
        }
    }
}
