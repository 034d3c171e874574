package io.growalert.runtime.brand;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.growalert.runtime.PlainReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

final class BrandTest {
    @TempDir
    private Path folder;

    @Test
    void without_settings_the_brand_is_the_products_own() {
        var brand = brand(Map.of());
        assertThat(brand.name()).isEqualTo("GrowAlert");
        assertThat(brand.color()).isEqualTo("#17663a");
        assertThat(brand.terms() + brand.privacy() + brand.tax() + brand.supportLink())
                .isEmpty();
        assertThat(brand.mark().extension()).isEqualTo("svg");
        assertThat(new String(brand.mark().bytes(), UTF_8)).contains("#17663a");
    }

    @Test
    void all_settings_are_bound() throws IOException {
        var logo =
                Files.write(folder.resolve("logo"), new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0});
        var brand = brand(Map.of(
                "name", " Leafwatch ",
                "color", "#1A4FD6",
                "logo", logo.toString(),
                "terms", "https://leafwatch.example/terms",
                "privacy", "https://leafwatch.example/privacy",
                "tax", "Prices include 19 % VAT.",
                "support", "help@leafwatch.example"));
        assertThat(brand.name()).isEqualTo("Leafwatch");
        assertThat(brand.color()).isEqualTo("#1a4fd6");
        assertThat(brand.mark().extension()).isEqualTo("png");
        assertThat(brand.terms()).isEqualTo("https://leafwatch.example/terms");
        assertThat(brand.supportLink()).isEqualTo("mailto:help@leafwatch.example");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name|''|expected one line of at most 60 characters",
                "color|green|expected #rrggbb such as #17663a",
                "color|#7fd6a0|its contrast against white is 1.75; expected a darker colour with at least 4.5",
                "logo|missing.svg|cannot be read",
                "terms|http://example.com/terms|expected an https address such as https://example.com/terms",
                "privacy|javascript:alert(1)|expected an https address such as https://example.com/privacy",
                "support|call us|expected a mail address, or an https address",
            })
    void a_wrong_setting_is_one_line_with_its_name(String setting, String value, String expected) {
        assertThatThrownBy(() -> brand(Map.of(setting, value)))
                .isInstanceOf(BindException.class)
                .rootCause()
                .isInstanceOf(PlainReason.class)
                .hasMessage("growalert.brand.%s: %s: %s", setting, value, expected);
    }

    @Test
    void each_wrong_setting_has_a_line() {
        assertThatThrownBy(() -> brand(Map.of("color", "#ffffff", "tax", "two\nlines")))
                .rootCause()
                .message()
                .hasLineCount(2)
                .contains("growalert.brand.color: #ffffff", "growalert.brand.tax: two lines");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html><body/></html>", "<svg", "a text", ""})
    void a_logo_that_is_no_image_is_refused(String content) throws IOException {
        var logo = Files.writeString(folder.resolve("logo.svg"), content);
        assertThatThrownBy(() -> brand(Map.of("logo", logo.toString())))
                .rootCause()
                .hasMessageEndingWith("logo.svg: expected an SVG or PNG image");
    }

    @Test
    void a_logo_has_at_most_256_kibibytes() throws IOException {
        var logo = Files.write(folder.resolve("logo.png"), new byte[256 * 1024 + 1]);
        assertThatThrownBy(() -> brand(Map.of("logo", logo.toString())))
                .rootCause()
                .hasMessageEndingWith("logo.png: expected at most 256 KiB");
    }

    @Test
    void a_drawing_is_an_svg_logo() throws IOException {
        var logo = Files.writeString(
                folder.resolve("logo.svg"),
                "<?xml version=\"1.0\"?><!-- a --><svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>");
        assertThat(brand(Map.of("logo", logo.toString())).mark().extension()).isEqualTo("svg");
    }

    private static Brand brand(Map<String, String> settings) {
        var source = new MapConfigurationPropertySource();
        settings.forEach((name, value) -> source.put("growalert.brand." + name, value));
        return new Binder(source).bindOrCreate("growalert.brand", Brand.class);
    }
}
