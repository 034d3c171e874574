package io.growalert.billing.apply;

import io.growalert.billing.mail.MailFact;
import io.growalert.billing.mail.MailKind;
import io.growalert.billing.shipping.ShippingAddresses;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Customers are asked for the address of a paid order that lacks one. */
final class MissingAddresses {
    private static final String ORDER = "order";

    private MissingAddresses() {}

    /** @param facts among them the receipts of orders */
    static List<MailFact> of(Collection<MailFact> facts, ShippingAddresses addresses) {
        var paid = facts.stream()
                .filter(fact -> fact.kind() == MailKind.RECEIPT && fact.values().containsKey(ORDER))
                .toList();
        var known = addresses.known(paid.stream().map(MailFact::subject).toList());
        return paid.stream()
                .filter(fact -> !known.contains(fact.subject()))
                .map(fact -> new MailFact(
                        MailKind.ADDRESS_MISSING, fact.subject(), fact.customer(), Map.of(ORDER, fact.subject())))
                .toList();
    }
}
