package io.growalert.standalone;

import io.growalert.billing.stripe.StripeCatalog.WantedPrice;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A price on the command line: {@code KEY:AMOUNT:CURRENCY:INTERVAL}, or without an interval when it is paid once. */
final class PriceText implements ITypeConverter<WantedPrice> {
    private static final Pattern FORMAT =
            Pattern.compile("([\\w.-]{1,200}):(\\d{1,8}):([a-z]{3})(?::(day|week|month|year))?");

    @Override
    public WantedPrice convert(String text) {
        var match = FORMAT.matcher(text);
        if (!match.matches()) {
            throw new TypeConversionException(
                    "'%s' is no price: expected KEY:AMOUNT:CURRENCY:INTERVAL, the amount in the currency's smallest unit, such as growalert-monthly:1900:eur:month"
                            .formatted(text));
        }
        return new WantedPrice(match.group(1), Long.parseLong(match.group(2)), match.group(3), match.group(4));
    }
}
