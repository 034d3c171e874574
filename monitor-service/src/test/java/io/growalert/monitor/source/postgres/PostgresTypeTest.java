package io.growalert.monitor.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.growalert.definitions.Secret;
import io.growalert.monitor.source.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresTypeTest {
    private static Settings read(String yaml) {
        return Settings.read(new PostgresType(), yaml);
    }

    @Test
    void reads_all_settings(@TempDir Path folder) throws Exception {
        var secret = Files.writeString(folder.resolve("farm"), "s3cret\n");

        var config = Settings.config(
                new PostgresType(),
                "{url: 'jdbc:postgresql://db:5433/farm?sslmode=require', username: farmer, password-file: %s, pool: 2}"
                        .formatted(secret));

        assertThat(config)
                .isEqualTo(new PostgresConfig(
                        "jdbc:postgresql://db:5433/farm?sslmode=require", "farmer", new Secret("s3cret"), 2));
        assertThat(config.toString()).doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "postgres://db/farm, jdbc:postgresql://db/farm",
        "postgresql://db:5433/farm?sslmode=require, jdbc:postgresql://db:5433/farm?sslmode=require",
        "postgres://[::1]:5433/farm, jdbc:postgresql://[::1]:5433/farm",
        "postgres://db, jdbc:postgresql://db/",
    })
    void accepts_the_format_of_other_clients(String url, String jdbc) {
        assertThat(Settings.config(new PostgresType(), "{url: '%s'}".formatted(url)))
                .isEqualTo(new PostgresConfig(jdbc, null, null, PostgresType.DEFAULT_POOL));
    }

    @Test
    void takes_credentials_out_of_the_url_unless_they_are_given_beside_it() {
        assertThat(Settings.config(new PostgresType(), "{url: 'postgres://farmer:p%40ss+w@db/farm'}"))
                .isEqualTo(new PostgresConfig(
                        "jdbc:postgresql://db/farm", "farmer", new Secret("p@ss+w"), PostgresType.DEFAULT_POOL));
        assertThat(Settings.config(
                        new PostgresType(), "{url: 'postgres://a:b@db/farm', username: farmer, password: word}"))
                .isEqualTo(new PostgresConfig(
                        "jdbc:postgresql://db/farm", "farmer", new Secret("word"), PostgresType.DEFAULT_POOL));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db:5432",
                "jdbc:mysql://db/farm",
                "jdbc:postgresql://db:port/farm",
                "https://db/farm",
                "postgres://"
            })
    void refuses_anything_else_as_a_url(String url) {
        var settings = read("{url: '%s'}".formatted(url));

        assertThat(settings.config()).isEmpty();
        assertThat(settings.problems())
                .containsExactly("test.yml:1:2: url: expected jdbc:postgresql://HOST:PORT/DATABASE or"
                        + " postgres://HOST:PORT/DATABASE");
    }

    @Test
    void refuses_a_password_that_would_be_shown() {
        assertThat(read("{url: 'jdbc:postgresql://db/farm?user=a&password=s3cret'}")
                        .problems())
                .singleElement()
                .asString()
                .contains("username and password or password-file")
                .doesNotContain("s3cret");
    }

    @Test
    void reports_what_is_missing_unknown_or_out_of_range() {
        assertThat(read("{user: farmer, pool: 0}").problems())
                .containsExactlyInAnyOrder(
                        "test.yml:1:2: user: unknown key; expected one of url, username, password, password-file, pool",
                        "test.yml:1:1: url: is missing; it is required",
                        "test.yml:1:16: pool: expected a whole number from 1 to 50, not '0'");
    }

    @Test
    void reports_what_is_wrong_with_a_query() {
        var config = new PostgresConfig("jdbc:postgresql://db/farm", null, null, 4);
        assertThat(config.problemWith(null, "SELECT 1 AS value")).isEmpty();
        assertThat(config.problemWith("sql", "SELECT 1 AS value")).isEmpty();
        assertThat(config.problemWith("flux", "SELECT 1")).contains("a postgres source supports sql, not flux");
        assertThat(config.problemWith(null, "SELECT :now"))
                .contains(":now at line 1, column 8 is not known; the parameters are :from and :to");
    }
}
