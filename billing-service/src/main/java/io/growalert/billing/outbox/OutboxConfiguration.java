package io.growalert.billing.outbox;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
@Import(Outbox.class)
public class OutboxConfiguration {}
