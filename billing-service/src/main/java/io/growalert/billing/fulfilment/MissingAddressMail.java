package io.growalert.billing.fulfilment;

import io.growalert.billing.mail.MailKind;
import io.growalert.billing.mail.MailPreparation;
import io.growalert.billing.shipping.Shipments;
import io.growalert.billing.shipping.ShippingState;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The mail that asks for an address is sent only while the address is missing. */
final class MissingAddressMail implements MailPreparation {
    private final Shipments shipments;

    MissingAddressMail(Shipments shipments) {
        this.shipments = shipments;
    }

    @Override
    public Set<MailKind> kinds() {
        return Set.of(MailKind.ADDRESS_MISSING);
    }

    @Override
    public Optional<Prepared> prepare(String customer, String subject, @Nullable String address) {
        return address == null
                ? Optional.empty()
                : shipments
                        .find(subject)
                        .filter(order -> order.state() == ShippingState.ADDRESS_MISSING)
                        .map(_ -> new Prepared(address, null, Map.of()));
    }
}
