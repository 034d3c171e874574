package io.growalert.runtime.http;

import io.growalert.runtime.BootParts;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of a service that is not public. The gateway, which is, has ingress filters of its own. */
@Configuration(proxyBeanMethods = false)
@Import({BootParts.class, HttpServer.class, Ingress.class})
public class Web {}
