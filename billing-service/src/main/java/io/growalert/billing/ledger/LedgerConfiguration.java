package io.growalert.billing.ledger;

import org.springframework.context.annotation.Configuration;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
public class LedgerConfiguration {}
