/** Status pages: what the definition files say, the history-service's answer, and its forms for readers. */
@NullMarked
package io.growalert.gateway.status;

import org.jspecify.annotations.NullMarked;
