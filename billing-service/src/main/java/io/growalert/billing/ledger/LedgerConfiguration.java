package io.growalert.billing.ledger;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import(LedgerSignal.class)
public class LedgerConfiguration {}
