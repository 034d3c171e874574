/** The HTTP server of a service: ingress limits, identity of operators, problem details, error pages. */
@NullMarked
package io.growalert.runtime.http;

import org.jspecify.annotations.NullMarked;
