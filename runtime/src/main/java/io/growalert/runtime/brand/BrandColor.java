package io.growalert.runtime.brand;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether text is legible in a colour on white, and in white on the colour.
 *
 * @see <a href="https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio">contrast ratio in WCAG 2.2</a>
 */
final class BrandColor {
    /** Of text of a normal size, WCAG 2.2, level AA. */
    private static final double ENOUGH = 4.5;

    private static final Pattern RGB = Pattern.compile("#[0-9a-f]{6}");

    private BrandColor() {}

    static String normalized(String color) {
        return color.strip().toLowerCase(Locale.ROOT);
    }

    static Optional<String> problem(String color) {
        if (!RGB.matcher(color).matches()) {
            return Optional.of(Brand.problem("color", color, "expected #rrggbb such as #17663a"));
        }
        double contrast = contrastWithWhite(color);
        return contrast >= ENOUGH
                ? Optional.empty()
                : Optional.of(Brand.problem(
                        "color",
                        color,
                        String.format(
                                Locale.ROOT,
                                "its contrast against white is %.2f; expected a darker colour with at least %.1f",
                                contrast,
                                ENOUGH)));
    }

    /** From 1, white, to 21, black. */
    static double contrastWithWhite(String color) {
        return 1.05 / (luminance(Integer.parseInt(color.substring(1), 16)) + 0.05);
    }

    private static double luminance(int rgb) {
        return 0.2126 * linear(rgb >> 16 & 0xff) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
    }

    private static double linear(int channel) {
        double share = channel / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }
}
