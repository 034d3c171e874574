package io.growalert.billing.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class StripePaymentsTest {
    @Test
    void a_published_charge_does_not_contain_stripes_risk_level() {
        var charge = (ObjectNode) StripeFields.parse("""
                {"id": "ch_1", "outcome": {"network_status": "approved_by_network", "risk_level": "elevated",
                 "risk_score": 70, "rule": "r", "type": "authorized"}, "fraud_details": {"stripe_report": "fraudulent"}}""");

        var published = StripePayments.published(charge);

        assertThat(published).hasToString("""
                {"id":"ch_1","outcome":{"network_status":"approved_by_network","type":"authorized"},"fraud_details":{}}""");
        assertThat(charge.toString()).contains("elevated");
    }
}
