package io.growalert.billing.outbox;

import org.springframework.context.annotation.Configuration;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
public class OutboxConfiguration {}
