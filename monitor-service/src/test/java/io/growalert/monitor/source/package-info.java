@NullMarked
package io.growalert.monitor.source;

import org.jspecify.annotations.NullMarked;
