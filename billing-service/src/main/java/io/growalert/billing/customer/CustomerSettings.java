package io.growalert.billing.customer;

/** What customers are offered and held to, {@code growalert.billing.customer.*}. */
public record CustomerSettings() {}
