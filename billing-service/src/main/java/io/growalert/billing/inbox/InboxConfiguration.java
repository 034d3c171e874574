package io.growalert.billing.inbox;

import org.springframework.context.annotation.Configuration;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
public class InboxConfiguration {}
