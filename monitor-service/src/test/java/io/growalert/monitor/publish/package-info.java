@NullMarked
package io.growalert.monitor.publish;

import org.jspecify.annotations.NullMarked;
