package io.growalert.billing.customer;

import org.springframework.context.annotation.Configuration;

/** The parts of this package. */
@Configuration(proxyBeanMethods = false)
public class CustomerConfiguration {}
