package io.growalert.billing.mail;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The beans of the mails to customers. */
@Configuration(proxyBeanMethods = false)
@Import(Mails.class)
public class MailConfiguration {}
