package io.growalert.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.samskivert.mustache.Mustache;
import io.growalert.runtime.brand.Brand;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The brand as customers' pages have it. Absent members are empty, and left out of JSON.
 *
 * @param logo the path of the image
 * @param support the target of a link
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record PageBrand(String name, String color, String logo, String terms, String privacy, String tax, String support) {
    /** The path of the style sheet with the colour: pages have no inline style. */
    static final String STYLE = "/brand/style.css";

    private static final Mustache.Compiler PAGES =
            Mustache.compiler().emptyStringIsFalse(true).withLoader(PageBrand::partial);

    PageBrand(Brand brand) {
        this(
                brand.name(),
                brand.color(),
                "/brand/logo." + brand.mark().extension(),
                brand.terms(),
                brand.privacy(),
                brand.tax(),
                brand.supportLink());
    }

    String style() {
        return ":root { --brand-color: %s; }%n".formatted(color);
    }

    /**
     * @param template a page with placeholders, whose values are escaped; an empty value is false; {@code {{>footer}}} is the end that
     *     all pages share
     */
    String page(String template) {
        return PAGES.compile(template).execute(this);
    }

    private static Reader partial(String name) {
        var file = Objects.requireNonNull(PageBrand.class.getResourceAsStream(name + ".mustache"), name);
        return new InputStreamReader(file, StandardCharsets.UTF_8);
    }
}
