package io.growalert.runtime.http;

import io.growalert.runtime.BootParts;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP server of a service that is not public. The gateway has its own ingress filters. */
@Configuration(proxyBeanMethods = false)
@Import({BootParts.class, HttpServer.class, Ingress.class, ResourceServer.class, EntityTags.class})
public class Web {}
