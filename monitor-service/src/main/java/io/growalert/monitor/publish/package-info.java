/** Results on their way to {@code growalert.check-results}: encoding, buffer, sender. */
@NullMarked
package io.growalert.monitor.publish;

import org.jspecify.annotations.NullMarked;
