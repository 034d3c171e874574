package io.growalert.monitor.source.influx;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Secret;
import io.growalert.monitor.source.Settings;
import io.growalert.monitor.source.SourceConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InfluxTypeTest {
    private static Settings read(String yaml) {
        return Settings.read(new InfluxType(), yaml);
    }

    private static SourceConfig config(String yaml) {
        return Settings.config(new InfluxType(), yaml);
    }

    @Test
    void reads_all_settings() {
        var config =
                config("{url: 'http://db:8086', token: s3cret, org: farm, database: sensors, retentionPolicy: week}");

        assertThat(config)
                .isEqualTo(new InfluxConfig(
                        "http://db:8086/", new Secret("s3cret"), null, null, "sensors", "week", "farm"));
        assertThat(config.toString()).doesNotContain("s3cret");
        assertThat(config(
                        "{url: 'https://db/influx', username: farmer, password: s3cret, token: '', database: sensors}"))
                .isEqualTo(new InfluxConfig(
                        "https://db/influx", null, "farmer", new Secret("s3cret"), "sensors", null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"db:8086", "jdbc:postgresql://db", "http://", "http://db?u=a"})
    void refuses_anything_else_as_a_url(String url) {
        assertThat(read("{url: '%s'}".formatted(url)).problems())
                .containsExactly("test.yml:1:2: url: expected http://HOST:PORT or https://HOST:PORT");
    }

    @Test
    void reports_what_is_missing_unknown_or_contradicts() {
        assertThat(read("{bucket: a, token: b, username: c}").problems())
                .containsExactlyInAnyOrder(
                        "test.yml:1:2: bucket: unknown key; expected one of url, token, token-file, username, password,"
                                + " password-file, database, retentionPolicy, org",
                        "test.yml:1:1: url: is missing; it is required",
                        "test.yml:1:23: username: give either token or username and password, not both");
        assertThat(read("{url: 'http://db', token: 's3cret word'}").problems())
                .containsExactly("test.yml:1:20: token: is no token: it has spaces or other characters that none has");
        assertThat(read("{url: 'http://a:s3cret@db'}").problems())
                .singleElement()
                .asString()
                .contains("password-file")
                .doesNotContain("s3cret");
    }

    @Test
    void reports_what_is_wrong_with_a_query() {
        var config = config("{url: 'http://db:8086', database: sensors}");
        assertThat(config.problemWith(null, "select a from \"into\" where time > :from"))
                .isEmpty();
        assertThat(config.problemWith("influxql", "SELECT a INTO b FROM c"))
                .contains("only a SELECT without INTO is allowed");
        assertThat(config.problemWith("influxql", "DROP DATABASE sensors"))
                .contains("only a SELECT without INTO is allowed");
        assertThat(config.problemWith(null, "SELECT 'a")).isPresent();
        assertThat(config.problemWith("flux", "from(bucket: \"b\")"))
                .contains("Flux needs the org in the source's settings");
        assertThat(config.problemWith("sql", "SELECT 1"))
                .contains("an influx source supports influxql and flux, not sql");
        assertThat(config("{url: 'http://db:8086', org: farm}").problemWith(null, "SELECT a FROM b"))
                .contains("InfluxQL needs the database in the source's settings");
    }
}
